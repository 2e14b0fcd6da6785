import Foundation
import GigaSTT
import Testing

@testable import GigaSTTServer

/// Against Foundation's parser, which knows the grammar but not what the contract tells apart.
@Suite struct JSONMembersTests {
    @Test(arguments: [
        ("12", JSONMembers.Value.integer(12)), ("0", .integer(0)), ("4294967295", .integer(4_294_967_295)),
        ("4294967296", .otherNumber(4_294_967_296)), ("-0", .otherNumber(-0.0)), ("-5", .otherNumber(-5)),
        ("12.0", .otherNumber(12)), ("1e999", .otherNumber(.greatestFiniteMagnitude)),
        ("1e2", .otherNumber(100)), ("true", .boolean(true)), ("false", .boolean(false)), ("null", .null),
        (#""a\u0062\n\/\"""#, .string("ab\n/\"")), (#""\ud83d\ude00я""#, .string("😀я")), ("[]", .composite),
        (#"{"a":[1,{"b":[]},"]"],"c":{}}"#, .composite), ("[[[[]]],[{}]]", .composite),
    ])
    func valuesAreToldApart(text: String, value: JSONMembers.Value) {
        let members = JSONMembers(" {\t\"x\" :\r\n\(text) , \"y\":1}\n")
        #expect(members?.single("x") == value && members?.single("y") == .integer(1))
    }

    @Test func namesAreCounted() {
        let members = JSONMembers(#"{"a":1,"b":2,"\u0061":3}"#)
        #expect(members?.count(of: "a") == 2 && members?.single("a") == nil && members?.single("b") == .integer(2))
    }

    @Test(arguments: [
        "", "{", "}", "[]", "1", "null", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":1}}"#, #"{"a":1} x"#,
        #"{a:1}"#, #"{'a':1}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":+1}"#, #"{"a":tru}"#,
        #"{"a":"\x"}"#, #"{"a":"\u12g4"}"#, #"{"a":"\ud83d"}"#, "{\"a\":\"\n\"}", #"{"a":[1,]}"#, #"{"a":[}"#,
        #"{"a":{"b":1]}"#, #"{"a":{1:2}}"#, #"{"a":[1 2]}"#, #"{"a":{"b" 1}}"#, #"{"a":"x}"#, #"{"a":-}"#,
        #"{"a":NaN}"#, #"{"a":1 "b":2}"#,
    ])
    func noObjectIsRead(text: String) { #expect(JSONMembers(text) == nil) }

    @Test func damagedObjectsAreJudgedAsByFoundation() {
        let alphabet = Array(#"{}[]:,"\ud8 tfn-0.1eE"#)
        let original = Array(#"{"type":"configure","a":[1,-2.5e3,{"b":null}],"c":"\u0041\n","d":true}"#)
        var state: UInt64 = 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var acceptedCount = 0
        for _ in 0..<4_000 {
            var text = original
            for _ in 0...random(2) {
                switch random(3) {
                case 0: text[random(text.count)] = alphabet[random(alphabet.count)]
                case 1: text.insert(alphabet[random(alphabet.count)], at: random(text.count))
                default: text.remove(at: random(text.count))
                }
            }
            let damaged = String(text)
            // Foundation alone accepts a comma behind the last element.
            guard damaged.firstMatch(of: /,\s*[\]}]/) == nil else { continue }
            let object = try? JSONSerialization.jsonObject(with: Data(damaged.utf8))
            let isObject = object is [String: Any]
            if isObject { acceptedCount += 1 }
            #expect((JSONMembers(damaged) != nil) == isObject, "\(damaged)")
        }
        #expect(acceptedCount > 100)
    }

    /// Nesting costs no stack.
    @Test func deepNestingIsRead() {
        let depth = 200_000
        let text = #"{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        #expect(JSONMembers(text)?.single("a") == .composite)
        #expect(JSONMembers(String(text.dropLast(2)) + "}") == nil)
    }
}
