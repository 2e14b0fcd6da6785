import GigaSTT

/// What was seen of one session, against the clock of its speaker.
struct SessionLog: Sendable {
    let start: ContinuousClock.Instant
    private let talk: Talk
    private var shown: [String] = []
    private var awaitsFirst = true
    private var stopped: ContinuousClock.Instant?

    /// From the onset of speech to the first text, per utterance.
    private(set) var firstPartials: [Double] = []
    /// From the last word's token to the partial that shows it.
    private(set) var partialLags: [Double] = []
    /// From the detection of an endpoint to its final.
    private(set) var finalDelays: [Double] = []
    private(set) var finals = 0
    private(set) var shownWords = 0
    private(set) var revisedWords = 0

    init(talk: Talk, start: ContinuousClock.Instant) {
        self.talk = talk
        self.start = start
    }

    mutating func add(_ event: LiveEvent, at now: ContinuousClock.Instant) {
        let time = (now - start) / .seconds(1)
        switch event {
        case .speechStarted:
            awaitsFirst = true
            shown = []
        case .partial(let partial): add(partial, at: time)
        case .speechStopped: stopped = now
        case .final:
            finals += 1
            if let stopped { finalDelays.append((now - stopped) / .seconds(1)) }
            stopped = nil
            shown = []
        case .flushed: break
        }
    }

    private mutating func add(_ partial: Partial, at time: Double) {
        let words = partial.words.map(\.text)
        guard let last = partial.words.last else { return }
        if awaitsFirst, let onset = talk.spans.last(where: { $0.lowerBound <= time })?.lowerBound {
            firstPartials.append(time - onset)
            awaitsFirst = false
        }
        partialLags.append(time - last.end)
        // A word counts as revised when the next partial shows another one, or none, in its place.
        revisedWords += shown.indices.count { $0 >= words.count || words[$0] != shown[$0] }
        shownWords += words.count
        shown = words
    }
}
