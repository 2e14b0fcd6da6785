import STTValues
import Testing

@Suite struct TranscriptFormatTests {
    @Test(arguments: [
        ("json", TranscriptFormat.json), ("JSON", .json),
        ("txt", .plainText), ("text", .plainText), ("TEXT", .plainText),
        ("srt", .subRip), ("SRT", .subRip), ("sRt", .subRip),
        ("vtt", .webVTT), ("VTT", .webVTT),
        ("md", .markdown), ("markdown", .markdown), ("Markdown", .markdown), ("Minutes", .minutes),
        ("ass", .advancedSubStation), ("CSV", .csv), ("rttm", .rttm),
    ])
    func everyNameIsKnownInEitherCase(name: String, format: TranscriptFormat) throws {
        #expect(TranscriptFormat(named: name) == format)
    }

    @Test(arguments: ["docx", " srt", "srt ", "srt\n", "", "subrip", "json,txt", "mar\u{212A}down", "s\u{20}rt"])
    func anyOtherNameIsNone(name: String) {
        #expect(TranscriptFormat(named: name) == nil)
    }

    @Test(arguments: [
        (TranscriptFormat.json, "json"), (.plainText, "txt"), (.subRip, "srt"), (.webVTT, "vtt"), (.markdown, "md"),
        (.minutes, "minutes.md"),
        (.advancedSubStation, "ass"), (.csv, "csv"), (.rttm, "rttm"),
    ])
    func filesAreNamedAsTheContractSays(format: TranscriptFormat, suffix: String) {
        #expect(format.fileExtension == suffix)
    }

    @Test(arguments: TranscriptFormat.allCases)
    func aFormatIsNamedByItsFileExtension(format: TranscriptFormat) throws {
        #expect(TranscriptFormat(named: format.fileExtension) == format)
    }

    @Test func defaultsAreThoseOfTheContract() {
        let options = RenderingOptions()
        #expect(options.maxCharactersPerLine == 80)
        #expect(options.maxWordsPerLine == 14)
        #expect(!options.wordTimestamps)
        #expect(!options.segments)
        #expect(options.width == .utf8Bytes)
        #expect(options.cues == .natural)
        #expect(options.captions == .lines)
    }
}
