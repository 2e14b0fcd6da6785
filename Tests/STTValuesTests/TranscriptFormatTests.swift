import STTValues
import Testing

@Suite struct TranscriptFormatTests {
    @Test(arguments: [
        ("json", TranscriptFormat.json), ("JSON", .json),
        ("txt", .plainText), ("text", .plainText), ("TEXT", .plainText),
        ("srt", .subRip), ("SRT", .subRip), ("sRt", .subRip),
        ("vtt", .webVTT), ("VTT", .webVTT),
        ("md", .markdown), ("markdown", .markdown), ("Markdown", .markdown),
    ])
    func everyNameIsKnownInEitherCase(name: String, format: TranscriptFormat) throws {
        #expect(try TranscriptFormat(named: name) == format)
    }

    @Test(arguments: ["docx", " srt", "srt ", "srt\n", "", "subrip", "json,txt", "mar\u{212A}down", "s\u{20}rt"])
    func anyOtherNameIsRefusedInTheWordsOfTheContract(name: String) throws {
        let error = try #require(throws: RenderingError.self) { try TranscriptFormat(named: name) }
        #expect(error.code == .unsupportedFormat)
        #expect(error.reason == "unsupported export format: \(name)")
        #expect(error.message == "unsupported export format: \(name). Known formats: json, txt, srt, vtt, md.")
        #expect(error.description == "unsupportedFormat: \(error.message)")
    }

    @Test(arguments: [
        (TranscriptFormat.json, "json", "application/json; charset=utf-8"),
        (.plainText, "txt", "text/plain; charset=utf-8"),
        (.subRip, "srt", "application/x-subrip; charset=utf-8"),
        (.webVTT, "vtt", "text/vtt; charset=utf-8"),
        (.markdown, "md", "text/markdown; charset=utf-8"),
    ])
    func filesAndResponsesAreLabelledAsTheContractSays(format: TranscriptFormat, suffix: String, type: String) {
        #expect(format.fileExtension == suffix)
        #expect(format.contentType == type)
    }

    @Test(arguments: TranscriptFormat.allCases)
    func aFormatIsNamedByItsFileExtension(format: TranscriptFormat) throws {
        #expect(try TranscriptFormat(named: format.fileExtension) == format)
    }

    @Test func defaultsAreThoseOfTheContract() {
        let options = RenderingOptions()
        #expect(options.maxCharactersPerLine == 80)
        #expect(options.maxWordsPerLine == 14)
        #expect(!options.wordTimestamps)
        #expect(!options.segments)
        #expect(options.width == .utf8Bytes)
    }
}
