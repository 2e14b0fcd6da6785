import ArgumentParser
import Foundation
import GigaSTT
import STTText
import STTValues

/// `gigastt normalize`: the number rules on lines of text.
struct NormalizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "normalize",
        abstract: "Write the numerals of Russian text in digits.",
        discussion: """
            Reads lines from standard input and writes each of them as soon as it is complete, with numbers, dates, times, \
            money and measures in digits. Words are separated by single spaces. Lines may have up to 16 MiB.
            """)

    @Option(help: "Numbers below ten (full rules): auto, digits, or words, as prose is printed.")
    var smallNumbers = NumberPolicy.SmallNumbers.auto

    @Flag(help: "Set thousands apart with a no-break space (full rules).")
    var thousands = false

    @Flag(help: "Write each line as a JSON object with the text and which words each part was made of.")
    var json = false

    @OptionGroup(title: "Text") var passes: TextPassOptions
    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func run() async throws {
        general.apply(program.general)
        let rules = try rules()
        let reader = PipeReader(.standardInput)
        var lines = LineSplitter(limit: 16 << 20)
        while let block = await reader.next() {
            for line in try lines.append(block) { try write(line, rules) }
        }
        if let line = lines.finish() { try write(line, rules) }
    }

    private func rules() throws -> NumberRules? {
        let text = try passes.formatting()
        guard text.numbers != false else { return nil }
        switch text.numberStyle {
        case .compatible: return .compatible
        case .full:
            var policy = NumberPolicy()
            policy.smallNumbers = smallNumbers
            policy.groupsThousands = thousands
            return .full(policy)
        }
    }

    private func write(_ line: String, _ rules: NumberRules?) throws {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        let tokens =
            rules?.apply(to: words).tokens ?? words.enumerated().map { NumberToken(text: $1, source: $0..<$0 + 1) }
        let text = tokens.map(\.text).joined(separator: " ")
        let output = json ? Self.object(text, tokens) : text
        do { try FileHandle.standardOutput.write(contentsOf: Data((output + "\n").utf8)) } catch {
            throw ExitFailure(
                message: "Standard output cannot be written: check the disk or the program that reads it.")
        }
    }

    /// `{"text":…,"spans":[{"text":…,"start":…,"end":…,"words":[…]}]}`: positions in Unicode scalars of the text, without the
    /// end; word indices from 0.
    private static func object(_ text: String, _ tokens: [NumberToken]) -> String {
        var start = 0
        let spans = tokens.map { token in
            let end = start + token.text.unicodeScalars.count
            defer { start = end + 1 }
            let words = "[\(token.source.map(String.init).joined(separator: ","))]"
            return #"{"text":\#(JSONLiteral.string(token.text)),"start":\#(start),"end":\#(end),"words":\#(words)}"#
        }
        return #"{"text":\#(JSONLiteral.string(text)),"spans":[\#(spans.joined(separator: ","))]}"#
    }
}

extension NumberPolicy.SmallNumbers: ExpressibleByArgument {}
