import Foundation
import STTText
import Testing

/// The public table of numbers, written from grammar books and dictation practice, independently of the rules. A case with
/// several answers takes any of them.
@Suite struct NumberTableTests {
    struct Case: Sendable {
        let id: String
        let spoken: String
        let written: [String]
    }

    static func cases() throws -> [Case] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "numbers.tsv")
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Case(id: fields[0], spoken: fields[2], written: fields[3].components(separatedBy: " | "))
        }
    }

    @Test func everyCaseIsWrittenAsTheTableSays() throws {
        let cases = try Self.cases()
        #expect(cases.count >= 800)
        for item in cases {
            let text = NumberRules.full(NumberPolicy()).apply(to: item.spoken)
            #expect(item.written.contains(text), "\(item.id): \(item.spoken) became \(text)")
        }
    }
}
