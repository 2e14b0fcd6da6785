import STTValues

/// The utterance that somebody is speaking: its previews and the final that is decoded ahead.
struct OpenUtterance: Sendable {
    /// A preview that is being decoded.
    struct Preview: Sendable {
        let id: DecodeID
        let windowEnd: Int
    }
    /// A final that was decoded before the endpoint was certain.
    struct Ahead: Sendable {
        let id: DecodeID
        let window: Range<Int>
        var words: [Word]?
    }

    /// Frame at which speech was noticed.
    private let onset: Int
    /// Words before this second belong to the utterance before, of which a cut left some audio in the window.
    private let firstSecond: Double
    private let geometry: ModelGeometry
    var preview: Preview?
    var ahead: Ahead?
    /// The partial whose text is being written.
    var unfinished: DecodeID?
    var stabilizer = PartialStabilizer()
    private var lastPreviewEnd: Int?
    private var lag = 0
    private var shown: Partial?

    init(onset: Int, firstSecond: Double, geometry: ModelGeometry) {
        self.geometry = geometry
        self.onset = onset
        self.firstSecond = firstSecond
    }

    /// Whether a preview of `window` is due.
    func isPreviewDue(_ window: Range<Int>, policy: PartialPolicy) -> Bool {
        guard preview == nil, ahead == nil else { return false }
        guard let lastPreviewEnd else { return window.upperBound - onset >= policy.first }
        return window.upperBound - lastPreviewEnd >= policy.stride(window: window.count, lag: lag)
    }

    mutating func begin(_ preview: Preview) {
        self.preview = preview
        lastPreviewEnd = preview.windowEnd
    }

    /// Ends the preview that is under way; audio up to frame `now` has arrived meanwhile.
    mutating func endPreview(now: Int) {
        if let preview { lag = now - preview.windowEnd }
        preview = nil
    }

    /// The partial that follows from newly decoded words of audio up to frame `end`; `nil` when it shows nothing
    /// new.
    mutating func partial(_ words: [Word], end: Int, policy: PartialPolicy) -> Partial? {
        func second(_ distance: Int) -> Double { geometry.seconds(featureFrames: end - distance) }
        var words = words.filter { ($0.start + $0.lastToken) / 2 >= firstSecond }
        if let last = words.last, words.count > max(1, shown?.words.count ?? 0),
            last.lastToken > second(policy.growingEdge)
        {
            words.removeLast()
        }
        let partial = stabilizer.next(words, edge: second(policy.unstableEdge))
        // Times and confidences move a little with every decode: that alone is no news.
        guard partial.text != shown?.text ?? "" || partial.stableWordCount != shown?.stableWordCount ?? 0 else {
            return nil
        }
        shown = partial
        return partial
    }
}
