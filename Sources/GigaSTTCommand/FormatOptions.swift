import ArgumentParser
import GigaSTT

/// How the transcript is written.
struct FormatOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "Format: txt, json, srt, vtt, md, minutes, ass, csv or rttm. [env GIGASTT_FORMAT; default txt]")
    var format: String?

    @OptionGroup var layout: LayoutOptions

    /// The format. An unknown name is an error before any work begins.
    func transcriptFormat() throws -> TranscriptFormat {
        try Self.format(named: Setting.value(format, variable: "GIGASTT_FORMAT", default: "txt", parse: { $0 }))
    }

    /// The format of that name.
    static func format(named name: String) throws(ExitFailure) -> TranscriptFormat {
        if let format = TranscriptFormat(named: name) { return format }
        let known = TranscriptFormat.allCases.map(\.name).joined(separator: ", ")
        throw ExitFailure(message: "invalid input: unsupported export format: \(name). Known formats: \(known).")
    }
}
