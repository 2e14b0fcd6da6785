/// Groups words into cues: greedily, one speaker to a cue, within the limits of the options.
///
/// `CueGrouping.compat` is the grouping of the gigastt 2.3 contract, with one defect fixed. There, a first word that does
/// not fit behind its speaker's label leaves a cue with nothing but the label, which ends before it starts. Here a cue
/// always has a word, so a line that is too long holds exactly one.
struct CueLayout {
    /// A pause of this many seconds ends a cue. Times lie on a grid of 40 ms; a sum of them may be a little less.
    private static let longestPause = 0.8 - 1e-6
    /// Seconds that a cue stays on screen unless the next word comes earlier.
    private static let shortestDuration = 0.3
    /// One encoder frame, in seconds: the shortest cue even if the next word starts at the same time, because WebVTT
    /// requires that a cue ends after its start.
    private static let frameDuration = 0.04

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
        let showsWords = options.captions == .lines && options.cues == .compat
        let passages = transcript.passages.map { passage in
            cues(of: showsWords ? passage.flatMap(\.words) : passage.map(\.joined), options: options)
        }
        guard passages.count > 1 else { return passages.first ?? [] }
        return passages.joined().enumerated()
            .sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
            .map(\.element)
    }

    /// The cues of `words`, in order.
    ///
    /// Words that are nothing but white space are left out.
    static func cues(of words: [Word], options: RenderingOptions) -> [Cue] {
        if options.captions == .broadcast { return BroadcastLayout(words, rules: .broadcast).cues() }
        var layout = CueLayout(options: options)
        for word in words {
            layout.append(word)
        }
        layout.close()
        return options.cues == .natural ? lengthened(layout.finished) : layout.finished
    }

    private mutating func append(_ word: Word) {
        let text = word.lineText
        guard !text.isEmpty else { return }
        let width = options.width.measure(text)
        if word.speaker != openSpeaker || isAfterPause(word) || !hasRoom(for: width) { close() }
        if open == nil { begin(with: word) }
        let separator = openWordCount == 0 ? "" : " "
        open?.text += separator + text
        open?.end = word.end
        openWidth += separator.utf8.count + width
        openWordCount += 1
    }

    /// Cues that end too early for a reader, up to the start of the next one.
    private static func lengthened(_ cues: [Cue]) -> [Cue] {
        let following = cues.dropFirst().map(\.start) + [Double.infinity]
        return zip(cues, following).map { cue, next in
            var cue = cue
            let wanted = min(cue.start + shortestDuration, next)
            cue.end = max(cue.end, wanted, cue.start + frameDuration)
            return cue
        }
    }

    private func isAfterPause(_ word: Word) -> Bool {
        guard options.cues == .natural, let open else { return false }
        return word.start - open.end >= Self.longestPause
    }

    private func hasRoom(for width: Int) -> Bool {
        let fitsLine = options.maxCharactersPerLine <= 0 || openWidth + 1 + width <= options.maxCharactersPerLine
        let fitsCount = options.maxWordsPerLine <= 0 || openWordCount < options.maxWordsPerLine
        return fitsLine && fitsCount
    }

    private mutating func begin(with word: Word) {
        let label = Cue.label(ofSpeaker: word.speaker)
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
