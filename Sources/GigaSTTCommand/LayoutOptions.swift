public import ArgumentParser
public import GigaSTT

/// How the words of a transcript are laid out.
struct LayoutOptions: ParsableArguments {
    @Option(help: "Longest subtitle in UTF-8 bytes; 0 = any. [env GIGASTT_MAX_CHARS_PER_LINE; default 80]")
    var maxCharsPerLine: Int?

    @Option(help: "Most words of a subtitle; 0 = any. [env GIGASTT_MAX_WORDS_PER_LINE; default 14]")
    var maxWordsPerLine: Int?

    @Flag(help: "Add a table of word times (md). [env GIGASTT_WORD_TIMESTAMPS]")
    var wordTimestamps = false

    @Option(
        help: """
            Grouping of subtitles: natural ends one at a pause of 0.8 s, compat groups as gigastt 2.3. \
            [env GIGASTT_CUES; default natural]
            """)
    var cues: CueGrouping?

    @Option(
        help: """
            Rules of subtitles: lines obeys the limits above; broadcast is 2 lines of 42 characters, 0.7 to 7 s, \
            20 characters a second, and breaks at punctuation, pauses and speakers. [env GIGASTT_CAPTIONS; default lines]
            """)
    var captions: CaptionStyle?

    @Option(
        help: """
            End of a word: natural is where its sound ends, compat the last token, as in gigastt 2.3. \
            [env GIGASTT_WORD_TIMES; default natural]
            """)
    var wordTimes: WordTimes?

    /// The limits of subtitles and the extras.
    func rendering() throws -> RenderingOptions {
        var options = RenderingOptions()
        options.maxCharactersPerLine = try Setting.value(
            maxCharsPerLine, variable: "GIGASTT_MAX_CHARS_PER_LINE", default: 80, parse: { Int($0) })
        options.maxWordsPerLine = try Setting.value(
            maxWordsPerLine, variable: "GIGASTT_MAX_WORDS_PER_LINE", default: 14, parse: { Int($0) })
        guard options.maxCharactersPerLine >= 0, options.maxWordsPerLine >= 0 else {
            throw ValidationError("--max-chars-per-line and --max-words-per-line must be 0 or more")
        }
        options.wordTimestamps = try Setting.flag(wordTimestamps, variable: "GIGASTT_WORD_TIMESTAMPS")
        options.cues = try Setting.value(
            cues, variable: "GIGASTT_CUES", default: .natural, parse: { CueGrouping(rawValue: $0) })
        options.captions = try Setting.value(
            captions, variable: "GIGASTT_CAPTIONS", default: .lines, parse: { CaptionStyle(rawValue: $0) })
        return options
    }

    /// What the end of a word is.
    func wordEnds() throws -> WordEnds {
        switch try Setting.value(
            wordTimes, variable: "GIGASTT_WORD_TIMES", default: .natural, parse: { WordTimes(rawValue: $0) })
        {
        case .natural: .spoken
        case .compat: .lastToken
        }
    }

    enum WordTimes: String, ExpressibleByArgument, CaseIterable {
        case natural, compat
    }
}

extension CueGrouping: ExpressibleByArgument {}
extension CaptionStyle: ExpressibleByArgument {}
