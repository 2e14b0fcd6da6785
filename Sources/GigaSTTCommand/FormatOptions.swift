import ArgumentParser
import GigaSTT

/// How the transcript is written.
struct FormatOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Format: txt, json, srt, vtt or md. [env GIGASTT_FORMAT; default txt]")
    var format: String?

    @Option(help: "Length of a subtitle in UTF-8 bytes, 0 = any. [env GIGASTT_MAX_CHARS_PER_LINE; default 80]")
    var maxCharsPerLine: Int?

    @Option(help: "Words of a subtitle, 0 = any. [env GIGASTT_MAX_WORDS_PER_LINE; default 14]")
    var maxWordsPerLine: Int?

    @Flag(help: "Add a table of word times (md). [env GIGASTT_WORD_TIMESTAMPS]")
    var wordTimestamps = false

    /// The format; a name that nobody knows is found out before any work is done.
    func transcriptFormat() throws -> TranscriptFormat {
        try TranscriptFormat(
            named: Setting.value(format, variable: "GIGASTT_FORMAT", default: "txt", parse: { $0 }))
    }

    /// The limits of subtitles and the extras.
    func rendering() throws -> RenderingOptions {
        var options = RenderingOptions()
        options.maxCharactersPerLine = try Setting.value(
            maxCharsPerLine, variable: "GIGASTT_MAX_CHARS_PER_LINE", default: 80, parse: { Int($0) })
        options.maxWordsPerLine = try Setting.value(
            maxWordsPerLine, variable: "GIGASTT_MAX_WORDS_PER_LINE", default: 14, parse: { Int($0) })
        options.wordTimestamps = try Setting.isOn(wordTimestamps, variable: "GIGASTT_WORD_TIMESTAMPS")
        return options
    }
}
