import Foundation
import STTValues
import Testing

@Suite struct JSONValueTests {
    @Test func membersKeepTheirOrderAndAbsentOnesAreLeftOut() {
        let absent: JSONValue? = nil
        let object: JSONValue = [
            "z": 1, "a": "x", "none": absent, "null": .null, "list": [true, .number(0.5), .number(Float(0.1))],
            "empty": [:], "nothing": [],
        ]
        #expect(object.description == #"{"z":1,"a":"x","null":null,"list":[true,0.5,0.1],"empty":{},"nothing":[]}"#)
    }

    @Test(arguments: ["\"", "\\", "\n", "\u{0}", "я", "\u{2028}", "</script>", "\u{1F600}", ""])
    func stringsAndNamesReadBackAsTheyWere(text: String) throws {
        let value = JSONValue.object([(text, .string(text))])
        let read = try JSONSerialization.jsonObject(with: Data(value.description.utf8)) as? [String: String]
        #expect(read == [text: text])
    }

    @Test func numbersThatJSONCannotSayAreNull() {
        #expect(JSONValue.array([.number(Double.nan), .number(Float.infinity)]).description == "[null,null]")
        #expect(JSONValue.integer(UInt64.max).description == "18446744073709551615")
    }
}
