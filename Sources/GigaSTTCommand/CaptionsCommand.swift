import ArgumentParser
import Foundation
import STTValues

/// `gigastt captions`: work on subtitle files.
struct CaptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "captions", abstract: "Check subtitle files.", subcommands: [CaptionCheckCommand.self])

    @ParentCommand var program: Gigastt
}

/// `gigastt captions check FILE`: checks any subtitle file against the rules of captions.
struct CaptionCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Print where a subtitle file breaks the rules of captions.",
        discussion: """
            Reads SubRip or WebVTT in UTF-8, UTF-16 or Windows-1251. The rules are those of `--captions broadcast`: at most 2 \
            lines of 42 characters, 0.7 to 7 s, at most 20 characters a second, one speaker, no overlap, no preposition at \
            the end of a line. Each violation is a line FILE:LINE: RULE: MESSAGE. The exit code is 0 without violations, \
            else 1.
            """)

    @Argument(help: "The file; - reads standard input.")
    var file: String

    @Flag(help: "Print one JSON object instead.")
    var json = false

    @OptionGroup var general: GeneralOptions
    @ParentCommand var captions: CaptionsCommand

    func run() async throws {
        general.apply(captions.program.general)
        let text = try SubtitleText.read(file)
        let subtitles = SubtitleFile(text)
        guard
            !subtitles.cues.isEmpty || !subtitles.problems.isEmpty || text.allSatisfy(\.isWhitespace)
                || text.hasPrefix("WEBVTT")
        else { throw ExitFailure(message: "There are no subtitles in \(RawPath(file).description).") }
        let violations = CaptionCheck.violations(in: subtitles)
        let name = RawPath(file).description
        if json {
            print(Self.object(name, subtitles.cues.count, violations))
        } else {
            for violation in violations {
                print("\(name):\(violation.line): \(violation.rule.rawValue): \(violation.message)")
            }
            Console.note("\(violations.count) violations in \(subtitles.cues.count) cues")
        }
        if !violations.isEmpty { throw ExitCode(1) }
    }

    private static func object(_ name: String, _ cueCount: Int, _ violations: [CaptionCheck.Violation]) -> String {
        let list = violations.map { violation -> JSONValue in
            [
                "line": .integer(violation.line), "cue": violation.cue.map { .integer($0) },
                "rule": .string(violation.rule.rawValue), "message": .string(violation.message),
            ]
        }
        let object: JSONValue = ["file": .string(name), "cues": .integer(cueCount), "violations": .array(list)]
        return object.description
    }
}
