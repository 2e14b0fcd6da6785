import ArgumentParser
import Foundation
import GigaSTT
import STTText
import STTValues

/// `gigastt normalize`: the text passes on lines of text.
struct NormalizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "normalize",
        abstract: "Write the numerals of Russian text in digits, and add punctuation.",
        discussion: """
            Reads lines from standard input and writes each of them as soon as it is complete, with numbers, dates, times, \
            money and measures in digits. Punctuation is added where its model is found. \
            Words are separated by single spaces. Lines may have up to 16 MiB.
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
        let formatter = try await formatter()
        let reader = PipeReader(.standardInput)
        var lines = LineSplitter(limit: 16 << 20)
        while let block = await reader.next() {
            for line in try lines.append(block) { try await write(line, formatter) }
        }
        if let line = lines.finish() { try await write(line, formatter) }
    }

    private func formatter() async throws -> TextFormatter {
        let (wanted, masks) = (try passes.formatting().punctuation, try passes.formatting().masks)
        let isBuiltIn = try Setting.flag(false, variable: "GIGASTT_BUILT_IN_MODEL")
        let folder = try passes.punctuationModel(isBuiltIn ? .builtIn : .folder(ModelFolder.standard.url))
        do {
            return try await TextFormatter(
                numbers: try rules(), masks: masks, punctuationModel: folder, onModelFailure: Console.warn)
        } catch let error as GigaSTTError where wanted != true && error.code == .modelMissing {
            return try await TextFormatter(numbers: try rules(), masks: masks, punctuationModel: nil)
        }
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

    private func write(_ line: String, _ formatter: TextFormatter) async throws {
        let segment = try await formatter.format(line.split(whereSeparator: \.isWhitespace).map(String.init))
        let output = json ? Self.object(segment) : segment.text
        do { try FileHandle.standardOutput.write(contentsOf: Data((output + "\n").utf8)) } catch {
            throw ExitFailure(
                message: "Standard output cannot be written: check the disk or the program that reads it.")
        }
    }

    /// `{"text":…,"spans":[{"text":…,"start":…,"end":…,"words":[…]}]}`: positions in Unicode scalars of the text, without the
    /// end; word indices from 0. With masking also `"masked":[{"kind":…,"start":…,"end":…}]`.
    private static func object(_ segment: Segment) -> String {
        let spans = segment.spans.map { span -> JSONValue in
            [
                "text": .string(span.text), "start": .integer(span.start), "end": .integer(span.end),
                "words": .array(span.words.map { .integer($0) }),
            ]
        }
        let masked = segment.masked.map { masked -> JSONValue in
            .array(
                masked.map { part in
                    ["kind": .string(part.kind), "start": .integer(part.start), "end": .integer(part.end)]
                })
        }
        let object: JSONValue = ["text": .string(segment.text), "spans": .array(spans), "masked": masked]
        return object.description
    }
}

extension NumberPolicy.SmallNumbers: ExpressibleByArgument {}
