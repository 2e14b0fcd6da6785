/// Markdown for readers: a heading for each turn, and under it what was said with its times.
///
/// A turn is what one speaker says until another one does. A pause begins a new paragraph in it, and so does the end of an
/// utterance once a paragraph is long.
enum Minutes {
    /// Seconds between two words from which on they are in two paragraphs.
    private static let pause = 2.0
    /// Seconds from which on a paragraph ends with its utterance.
    private static let longest = 60.0

    /// The document. Without speakers it has no headings of turns.
    static func text(of transcript: Transcript) -> String {
        let paragraphs = transcript.segments.flatMap(paragraphs).enumerated()
            .sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
        let hasSpeakers = paragraphs.contains { $0.speaker != nil }
        var document = "# Minutes\n\n" + summary(transcript, paragraphs)
        var last: Paragraph?
        for next in joined(paragraphs) {
            if hasSpeakers, last == nil || last?.speaker != next.speaker {
                document += "## \(heading(next.speaker, transcript))\n\n"
            }
            let times = "\(Timestamp(seconds: next.start).heading)–\(Timestamp(seconds: next.end).heading)"
            document += "[\(times)] \(escaped(next.words.joined(separator: " ")))\n\n"
            last = next
        }
        return String(document.dropLast())
    }

    /// `SPEAKER_0`, with the name behind it where it is known.
    private static func heading(_ speaker: Int?, _ transcript: Transcript) -> String {
        guard let speaker else { return "Unknown speaker" }
        let name = transcript.speakerNames?.first { $0.speaker == speaker }
        return "SPEAKER_\(speaker)" + (name.map { " (\(escaped($0.name)))" } ?? "")
    }

    private struct Paragraph {
        var speaker: Int?
        var start: Double
        var end: Double
        var words: [String]
    }

    private static func summary(_ transcript: Transcript, _ paragraphs: [Paragraph]) -> String {
        let count = Set(paragraphs.compactMap(\.speaker)).count
        let speakers = count == 0 ? "" : ", \(count) speaker\(count == 1 ? "" : "s")"
        return "Duration \(Timestamp(seconds: transcript.duration).heading)\(speakers)\n\n"
    }

    /// What is said in an utterance, divided at its speakers and pauses.
    private static func paragraphs(_ segment: Segment) -> [Paragraph] {
        segment.writtenWords.reduce(into: []) { paragraphs, word in
            if let last = paragraphs.last, last.speaker == word.speaker, word.start - last.end < pause {
                paragraphs[paragraphs.count - 1].words.append(word.text)
                paragraphs[paragraphs.count - 1].end = max(last.end, word.end)
            } else {
                paragraphs.append(
                    Paragraph(speaker: word.speaker, start: word.start, end: word.end, words: [word.text]))
            }
        }
    }

    /// Utterances of one speaker without a pause between them are one paragraph, up to a length.
    private static func joined(_ paragraphs: [Paragraph]) -> [Paragraph] {
        paragraphs.reduce(into: []) { joined, next in
            if let last = joined.last, last.speaker == next.speaker, next.start - last.end < pause,
                last.end - last.start < longest
            {
                joined[joined.count - 1].words += next.words
                joined[joined.count - 1].end = max(last.end, next.end)
            } else {
                joined.append(next)
            }
        }
    }

    /// A backslash before each character that Markdown may read as markup.
    private static func escaped(_ text: String) -> String {
        String(
            text.unicodeScalars.reduce(into: String.UnicodeScalarView()) { result, scalar in
                if #"\`*_[]<>#|~&"#.unicodeScalars.contains(scalar) { result.append("\\") }
                result.append(scalar.properties.isWhitespace ? " " : scalar)
            })
    }
}
