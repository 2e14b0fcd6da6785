/// Groups words into cues: greedily, one speaker to a cue, within the limits of the options.
///
/// The grouping is that of the gigastt 2.3 contract, with one defect mended. There, a first word that does not fit
/// behind its speaker's label leaves a cue with nothing but the label, which ends before it starts. Here a cue always
/// has a word, so a line that is too long holds exactly one.
struct CueLayout {
    private let options: RenderingOptions
    private var finished: [Cue] = []
    private var open: Cue?
    private var openSpeaker: Int?
    private var openWidth = 0
    private var openWordCount = 0

    private init(options: RenderingOptions) {
        self.options = options
    }

    /// The cues of a transcript in order of their beginnings; where two speak at once, each has cues of their own.
    static func cues(of transcript: Transcript, options: RenderingOptions) -> [Cue] {
        let passages = transcript.passages.map { cues(of: $0, options: options) }
        guard passages.count > 1 else { return passages.first ?? [] }
        return passages.joined().enumerated()
            .sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
            .map(\.element)
    }

    /// The cues of `words`, in order.
    ///
    /// Words that are nothing but white space are left out.
    static func cues(of words: [Word], options: RenderingOptions) -> [Cue] {
        var layout = CueLayout(options: options)
        for word in words {
            layout.append(word)
        }
        layout.close()
        return layout.finished
    }

    private mutating func append(_ word: Word) {
        let text = word.lineText
        guard !text.isEmpty else { return }
        let width = options.width.measure(text)
        if word.speaker != openSpeaker || !hasRoom(for: width) { close() }
        if open == nil { begin(with: word) }
        let separator = openWordCount == 0 ? "" : " "
        open?.text += separator + text
        open?.end = word.end
        openWidth += separator.utf8.count + width
        openWordCount += 1
    }

    private func hasRoom(for width: Int) -> Bool {
        let fitsLine = options.maxCharactersPerLine <= 0 || openWidth + 1 + width <= options.maxCharactersPerLine
        let fitsCount = options.maxWordsPerLine <= 0 || openWordCount < options.maxWordsPerLine
        return fitsLine && fitsCount
    }

    private mutating func begin(with word: Word) {
        let label = word.speaker.map { "[SPEAKER_\($0)] " } ?? ""
        open = Cue(start: word.start, end: word.end, text: label)
        openSpeaker = word.speaker
        openWidth = options.width.measure(label)
        openWordCount = 0
    }

    private mutating func close() {
        if let open { finished.append(open) }
        open = nil
    }
}
