import STTValues

/// The utterance in progress: its partials and its speculative final.
struct OpenUtterance: Sendable {
    /// A partial that is being decoded.
    struct PartialDecode: Sendable {
        let id: DecodeID
        let windowEnd: Int
    }
    /// A final that is decoded before the endpoint is certain.
    struct SpeculativeFinal: Sendable {
        let id: DecodeID
        let window: Range<Int>
        var readings: [Reading]?
    }

    /// Frame at which speech was noticed.
    private let onset: Int
    /// Words before this second belong to the utterance before, of which a cut left some audio in the window.
    private let firstSecond: Double
    private let geometry: ModelGeometry
    var partialDecode: PartialDecode?
    var speculative: SpeculativeFinal?
    /// The partial whose text is being written.
    var unfinished: DecodeID?
    /// The text of the partial before it, whose committed part stays.
    var written: Partial.Written?
    var stabilizer = PartialStabilizer()
    private var lastPartialEnd: Int?
    private var lag = 0
    private var published: Partial?

    init(onset: Int, firstSecond: Double, geometry: ModelGeometry) {
        self.geometry = geometry
        self.onset = onset
        self.firstSecond = firstSecond
    }

    /// Whether a partial of `window` is due.
    func isPartialDue(_ window: Range<Int>, policy: PartialPolicy) -> Bool {
        guard partialDecode == nil, speculative == nil else { return false }
        guard let lastPartialEnd else { return window.upperBound - onset >= policy.first }
        return window.upperBound - lastPartialEnd >= policy.stride(window: window.count, lag: lag)
    }

    mutating func begin(_ decode: PartialDecode) {
        partialDecode = decode
        lastPartialEnd = decode.windowEnd
    }

    /// Ends the decode of a partial; audio up to frame `now` has arrived meanwhile.
    mutating func endPartial(now: Int) {
        if let partialDecode { lag = now - partialDecode.windowEnd }
        partialDecode = nil
    }

    /// The partial that follows from newly decoded words of audio up to frame `end`; `nil` when it shows nothing
    /// new.
    mutating func partial(_ words: [Word], end: Int, policy: PartialPolicy) -> Partial? {
        func second(_ distance: Int) -> Double { geometry.seconds(featureFrames: end - distance) }
        var words = words.filter { ($0.start + $0.lastToken) / 2 >= firstSecond }
        if let last = words.last, words.count > max(1, published?.words.count ?? 0),
            last.lastToken > second(policy.growingEdge)
        {
            words.removeLast()
        }
        let partial = stabilizer.next(words, edge: second(policy.unstableEdge))
        // Times and confidences move a little with every decode: that alone is no news.
        guard partial.text != published?.text ?? "" || partial.stableWordCount != published?.stableWordCount ?? 0 else {
            return nil
        }
        published = partial
        return partial
    }
}
