package import GigaSTT

/// What was seen of one session, against the clock of its speaker. Times are in seconds.
package struct SessionLog: Sendable {
    private let start: ContinuousClock.Instant
    private let talk: Talk
    /// Silence after which an utterance ends, in seconds; what comes later than that is delay.
    private let silence: Double
    private var shown: [String] = []
    private var awaitsFirst = true

    /// From the onset of speech to the first text, per utterance.
    package private(set) var firstPartials: [Double] = []
    /// From the onset of speech to the first partial that was decoded, whether it showed anything or not, per clip.
    package private(set) var firstDecodes: [Double] = []
    /// From the last word's token to the partial that shows it.
    package private(set) var partialLags: [Double] = []
    /// From the moment an endpoint is certain by the speaker's clock (speech is over for `silence`) to the final.
    package private(set) var finalDelays: [Double] = []
    /// Finals with words.
    package private(set) var finals = 0
    /// Words shown in partials, each time they were shown.
    package private(set) var shownWords = 0
    /// Words that the next partial replaced or took back.
    package private(set) var revisedWords = 0

    /// A log of a session that says `talk` from `start` on.
    package init(talk: Talk, start: ContinuousClock.Instant, silence: Double = 0.5) {
        self.talk = talk
        self.start = start
        self.silence = silence
    }

    /// Notes when partials were decoded, in order.
    package mutating func add(partialDecodes: [ContinuousClock.Instant]) {
        let times = partialDecodes.map { ($0 - start) / .seconds(1) }
        for (index, span) in talk.spans.enumerated() {
            let end = index + 1 < talk.spans.count ? talk.spans[index + 1].lowerBound : .infinity
            guard let first = times.first(where: { $0 >= span.lowerBound && $0 < end }) else { continue }
            firstDecodes.append(first - span.lowerBound)
        }
    }

    /// Notes an event.
    package mutating func add(_ event: LiveEvent, at now: ContinuousClock.Instant) {
        let time = (now - start) / .seconds(1)
        switch event {
        case .speechStarted:
            awaitsFirst = true
            shown = []
        case .partial(let partial): add(partial, at: time)
        case .final(let segment): add(segment, at: time)
        case .speechStopped, .flushed, .speakers, .speakersUnavailable: break
        }
    }

    private mutating func add(_ partial: Partial, at time: Double) {
        let words = partial.words.map(\.text)
        guard let last = partial.words.last else { return }
        if awaitsFirst, let onset = talk.spans.last(where: { $0.lowerBound <= last.end })?.lowerBound {
            firstPartials.append(time - onset)
            awaitsFirst = false
        }
        partialLags.append(time - last.end)
        revisedWords += shown.indices.count { $0 >= words.count || words[$0] != shown[$0] }
        shownWords += words.count
        shown = words
    }

    private mutating func add(_ segment: Segment, at time: Double) {
        shown = []
        guard segment.endpoint == .silence else {
            finals += segment.words.isEmpty ? 0 : 1
            return
        }
        // The speaker's own silence: a pause within a clip counts from its last word.
        if let span = talk.spans.last(where: { $0.lowerBound < segment.end }), span.upperBound < segment.end {
            finalDelays.append(max(0, time - span.upperBound - silence))
        }
        finals += segment.words.isEmpty ? 0 : 1
    }
}
