import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct MultipartParserTests {
    /// The parts of a body that comes in pieces of `size` bytes: `name=content`, or the error.
    private func parts(_ body: [UInt8], boundary: String = "b", size: Int = .max) throws -> String {
        let boundary = try #require(MultipartBoundary(contentType: "multipart/form-data; boundary=\"\(boundary)\""))
        var parser = MultipartParser(boundary)
        var text = ""
        do throws(MultipartError) {
            var rest = body[...]
            while !rest.isEmpty {
                for event in try parser.append(rest.prefix(size)) {
                    switch event {
                    case .part(let name): text += "\(name)="
                    case .content(let bytes): text += String(decoding: bytes, as: UTF8.self)
                    case .partEnd: text += "|"
                    }
                }
                rest = rest.dropFirst(size)
            }
        } catch {
            return "\(error)"
        }
        return parser.isComplete ? text : text + "…"
    }

    private static func part(_ name: String, _ content: String) -> String {
        "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(content)\r\n"
    }

    static let bodies: [(body: String, parts: String)] = [
        (part("a", "1") + part("b", "2") + "--b--\r\n", "a=1|b=2|"),
        (part("a", "1") + "--b--", "a=1|"),
        ("--b--", ""),
        ("text before\r\n" + part("a", "1") + "--b--\r\ntext\r\n--b\r\nbehind", "a=1|"),
        ("\r\n" + part("a", "") + "--b--", "a=|"),
        (part("a", "\r\n--\r\n--c\r\n-\r\n\r\n") + "--b--", "a=\r\n--\r\n--c\r\n-\r\n\r\n|"),
        (part("a", "x--b--\n--b\r--b\r\r\n") + "--b--", "a=x--b--\n--b\r--b\r\r\n|"),
        ("--b \t \r\ncontent-disposition:form-data;name=a\r\nX-Y: z\r\n\r\n1\r\n--b--", "a=1|"),
        (part("a", "1") + part("c", "2"), "a=1|c=2…"),
        (part("a", "1") + "--b-", "a=1|…"),
        ("", "…"), ("no form at all", "…"),
        // Not a form, or not one that any client sends.
        (part("a", "1") + "--bx\r\n", "malformed"),
        (part("a", "1") + "--b --", "malformed"),
        ("--b\nContent-Disposition: form-data; name=\"a\"\n\n1\n--b--", "malformed"),
        ("--b\r\nContent-Disposition: form-data; name=\"a\"\n\r\n\r\n1\r\n--b--", "malformed"),
        ("--b\r\n\r\n1\r\n--b--", "malformed"),
        ("--b\r\nX: y\r\n\r\n1\r\n--b--", "malformed"),
        ("--b\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--b--", "malformed"),
        ("--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--", "malformed"),
        ("--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--b--", "malformed"),
        ("--b\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n1\r\n--b--", "malformed"),
        (
            "--b\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\n1\r\n--b--",
            "malformed"
        ),
        ("--b\r\nno colon\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--", "malformed"),
    ]

    @Test(arguments: bodies)
    func bodiesAreCutAtTheirBoundaries(body: String, expected: String) throws {
        #expect(try parts(Array(body.utf8)) == expected)
    }

    @Test(arguments: bodies)
    func anySplittingGivesTheSameParts(body: String, expected: String) throws {
        for size in 1...max(1, body.utf8.count) {
            let found = try parts(Array(body.utf8), size: size)
            // What was wrong is found out at the same place, after the same parts.
            #expect(found == expected, "pieces of \(size)")
        }
    }

    @Test func everySplitInTwoGivesTheSameParts() throws {
        let boundary = try #require(MultipartBoundary(contentType: "multipart/form-data; boundary=b"))
        let content: [UInt8] = [13, 10, 45, 45, 13, 13, 10, 45, 45, 97, 0, 255, 13]
        let body =
            Array(Self.part("a", "1").utf8) + Array("--b\r\nContent-Disposition: form-data; name=f\r\n\r\n".utf8)
            + content + Array("\r\n--b--\r\n".utf8)
        for place in 0...body.count {
            var parser = MultipartParser(boundary)
            let events = try parser.append(body[..<place]) + parser.append(body[place...])
            let bytes = events.reduce(into: [UInt8]()) { bytes, event in
                if case .content(let more) = event { bytes += more }
            }
            #expect(bytes == [49] + content && events.filter { $0 == .partEnd }.count == 2)
            #expect(parser.isComplete)
        }
    }

    @Test func boundaryMayHoldWhatMimeAllows() throws {
        let boundary = "a'()+_,-./:=? 9"
        let body = "--\(boundary)\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--\(boundary)--"
        #expect(try parts(Array(body.utf8), boundary: boundary) == "a=1|")
    }

    @Test func headersAndPartsAreLimited() throws {
        let start = "--b\r\nContent-Disposition: form-data; name=a\r\nX: "
        let room = MultipartParser.headerByteLimit - (start.utf8.count - 5)
        let most = start + String(repeating: "x", count: room) + "\r\n\r\n1\r\n--b--"
        #expect(try parts(Array(most.utf8)) == "a=1|")
        let more = start + String(repeating: "x", count: room + 1) + "\r\n\r\n1\r\n--b--"
        #expect(try parts(Array(more.utf8)) == "headerTooLong")
        #expect(try parts(Array(more.utf8), size: 100) == "headerTooLong")
        #expect(try parts(Array((start + String(repeating: "x", count: room + 1)).utf8)) == "headerTooLong")
        let allowed = String(repeating: Self.part("a", ""), count: MultipartParser.partLimit) + "--b--"
        #expect(try parts(Array(allowed.utf8)).count == 3 * MultipartParser.partLimit)
        #expect(try parts(Array((Self.part("a", "") + allowed).utf8)) == "tooManyParts")
        let padding = String(repeating: " ", count: MultipartParser.paddingLimit)
        #expect(
            try parts(Array("--b\(padding)\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b--".utf8)) == "a=|")
        #expect(try parts(Array("--b\(padding) \r\n".utf8)) == "malformed")
    }

    @Test func noiseNeverBreaksTheParser() throws {
        var generator = SeededRandom(1)
        let pieces = [
            "\r\n--b", "--", "\r\n", "\r", "-", "b", "Content-Disposition: form-data; name=a", "\r\n\r\n", "\u{0}",
        ]
        for _ in 0..<500 {
            let body = (0..<20).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let whole = try parts(Array(body.utf8))
            #expect(try parts(Array(body.utf8), size: 1) == whole)
            #expect(try parts(Array(body.utf8), size: 3) == whole)
        }
    }

    @Test(
        arguments: [
            ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data;charset=x; Boundary=\"a b\"", "a b"),
            ("multipart/form-data; boundary=----WebKitFormBoundaryA7", "----WebKitFormBoundaryA7"),
            ("multipart/form-data", nil), ("multipart/form-data; boundary=", nil), ("multipart/mixed; boundary=a", nil),
            ("multipart/form-data; boundary=a; boundary=b", nil), ("multipart/form-data; boundary=\"a", nil),
            ("multipart/form-data; boundary=\"a \"", nil), ("multipart/form-data; boundary=a\u{1}", nil),
            ("multipart/form-data; boundary=я", nil), ("application/json", nil), ("", nil), (nil, nil),
            ("multipart/form-data; boundary=" + String(repeating: "a", count: 71), nil),
            ("multipart/form-data; boundary", nil), ("multipart/form-data;;boundary=a;", "a"),
        ] as [(String?, String?)])
    func boundaryIsTakenFromTheContentType(contentType: String?, expected: String?) {
        #expect(MultipartBoundary(contentType: contentType)?.text == expected)
    }

    @Test(arguments: [
        (#"form-data; name="file"; filename="a;b=c.wav""#, "file", "a;b=c.wav"),
        (#"form-data; name=file; filename="say \"hi\".wav""#, "file", #"say "hi".wav"#),
        (#"form-data; filename="C:\temp\a.wav" ; name="file""#, "file", #"C:\temp\a.wav"#),
        (#"form-data; name="""#, "", nil), (#"form-data; name="имя""#, "имя", nil),
        (#"form-data; name="a"x"#, nil, nil), (#"form-data; name=""#, nil, nil), (#"form-data; name="a\""#, nil, nil),
    ])
    func parametersAreUnquoted(text: String, name: String?, filename: String?) {
        let value = HeaderValue(text)
        #expect(value?["name"] == name && value?["filename"] == filename)
    }
}
