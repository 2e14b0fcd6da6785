import GigaSTT

/// The engine side of one live conversation as a machine: which audio is decoded, when a failed stream is replaced, and
/// which final is still owed. It owns no stream and no task.
///
/// States: idle (no audio) → streaming → ended. An end that decodes the remainder stays in `streaming` until its final.
struct ConversationMachine: Sendable {
    /// Streams in a row that may fail before the conversation does.
    static let failureLimit = 3

    /// What the driver does, in order.
    enum Action: Sendable, Hashable {
        case emit(ConversationEvent)
        case flush(Int)
        /// End the input of the stream: its last final follows.
        case finish
        /// Stop all work of the stream.
        case cancel
        /// Read no more from the client than has arrived.
        case stopReading
        /// No event follows.
        case endEvents
    }

    private enum Phase {
        case idle
        case streaming(RecognitionRequest)
        case ended
    }

    private var phase = Phase.idle
    private var needsStream = false
    private var isInputOver = false
    private var hasLastFinal = false
    private var failureCount = 0
    /// Words of the open utterance that will not change.
    private var settled: [Word] = []
    private var committed = CommittedText()
    private var lastEnd = 0.0
    /// The names that earlier streams gave, and those so far.
    private var earlierNames: [SpeakerName] = []
    private var names: [SpeakerName] = []
    /// Numbers of speakers that earlier streams gave, and the streams so far: the voices of one are not known to the next.
    private var earlierSpeakerCount = 0
    private var speakerCount = 0
    /// Flushes of the stream whose echo has not come.
    private var flushes: [Int] = []
    /// Why it ends; `nil` while it goes on.
    private(set) var end: EndReason?

    /// What the stream that the next audio needs is to recognise; `nil` where there is one or none is wanted.
    var streamRequest: RecognitionRequest? {
        guard needsStream, case .streaming(let request) = phase else { return nil }
        return request
    }

    /// The stream for which `streamRequest` asked is open; returns whether it is still wanted.
    mutating func opened() -> Bool {
        guard streamRequest != nil else { return false }
        needsStream = false
        (earlierSpeakerCount, earlierNames) = (speakerCount, names)
        return true
    }
}

// MARK: - From the client

extension ConversationMachine {
    /// Audio follows.
    mutating func begin(_ request: RecognitionRequest) {
        guard case .idle = phase else { return }
        phase = .streaming(request)
        needsStream = true
    }

    /// Ends the open utterance.
    mutating func flush(_ number: Int) -> [Action] {
        switch phase {
        case .idle: return [.emit(.flushed(number))]
        case .streaming where needsStream: return [.emit(.flushed(number))]
        case .streaming:
            flushes.append(number)
            return [.flush(number)]
        case .ended: return []
        }
    }

    /// Ends the conversation; the first reason wins, but without a connection everything stops.
    mutating func end(_ reason: EndReason) -> [Action] {
        if case .ended = phase { return [] }
        guard end == nil || reason == .disconnected else { return [] }
        end = reason
        let notice: [Action] = reason == .disconnected ? [] : [.emit(.ending(reason))]
        if reason.decodesRemainder { return notice + [.stopReading] }
        phase = .ended
        return notice + [.cancel, .stopReading, .endEvents]
    }

    /// Everything that arrived has been taken.
    mutating func inputEnded() -> [Action] {
        if end == nil { return end(.disconnected) }
        guard !isInputOver else { return [] }
        isInputOver = true
        switch phase {
        case .ended: return []
        case .streaming where !needsStream: return [.finish]
        case .streaming: return last()
        case .idle where end?.needsFinalWithoutAudio == true: return last()
        case .idle:
            phase = .ended
            return [.endEvents]
        }
    }

    /// The last final, with the words that are certain.
    private mutating func last() -> [Action] {
        phase = .ended
        return [.emit(.final(segment(.endOfInput)))] + echoes() + [.endEvents]
    }

    private mutating func segment(_ endpoint: EndpointReason) -> Segment {
        let end = max(lastEnd, settled.last?.end ?? 0)
        defer { (settled, lastEnd) = ([], end) }
        return committed.close(Segment(words: settled, start: lastEnd, end: end, endpoint: endpoint))
    }
}

// MARK: - From the engine

extension ConversationMachine {
    /// Takes an event of a stream that began `offset` seconds into the session.
    mutating func receive(_ event: LiveEvent, offset: Double) -> ConversationEvent? {
        guard case .streaming(let request) = phase else { return nil }
        switch event {
        case .speechStarted(let time): return .speechStarted(at: time + offset)
        case .speechStopped(let time): return .speechStopped(at: time + offset)
        case .speakers(let spans, let names):
            return .speakers(spans.map { moved($0, by: offset) }, names: names.map { renumbered($0) })
        case .speakersUnavailable: return .speakersUnavailable
        case .flushed(let number):
            flushes.removeAll { $0 == number }
            return .flushed(number)
        case .partial(var partial):
            partial.words = partial.words.map { $0.shifted(by: offset) }
            settled = Array(partial.words.prefix(partial.stableWordCount))
            if request.commitsPartials { committed.note(partial) }
            return .partial(partial)
        case .final(var segment):
            segment.changeWords { $0 = $0.shifted(by: offset) }
            segment.start += offset
            segment.end += offset
            (settled, lastEnd, failureCount) = ([], segment.end, 0)
            if segment.endpoint == .endOfInput { hasLastFinal = true }
            return .final(committed.close(segment))
        }
    }

    private mutating func moved(_ span: SpeakerSpan, by offset: Double) -> SpeakerSpan {
        let speaker = earlierSpeakerCount + span.speaker
        speakerCount = max(speakerCount, speaker + 1)
        return SpeakerSpan(start: span.start + offset, end: span.end + offset, speaker: speaker)
    }

    /// The names of all streams. Another number of an earlier stream may be the same person.
    private mutating func renumbered(_ found: [SpeakerName]) -> [SpeakerName] {
        names = earlierNames
        for var name in found {
            name.speaker += earlierSpeakerCount
            names.append(name)
        }
        return names
    }

    /// The stream has given its last event.
    mutating func streamEnded() -> [Action] {
        guard case .streaming = phase else { return [] }
        guard hasLastFinal else { return last() }
        phase = .ended
        return [.endEvents]
    }

    /// A stream failed, or could not be opened. What is certain of its utterance is not lost; the next audio opens
    /// another stream, unless the failure is final or there is no next audio.
    mutating func failed(_ failure: WireFailure) -> [Action] {
        guard case .streaming = phase else { return [] }
        failureCount += 1
        let notice = Action.emit(.failed(failure))
        if failure.close == nil, failureCount < Self.failureLimit, !isInputOver {
            needsStream = true
            return [notice] + certain() + echoes()
        }
        let isOwed = end != nil && !hasLastFinal
        end = .failed(failure)
        if isOwed { return [notice, .stopReading] + last() }
        let rest = certain() + echoes()
        phase = .ended
        return [notice] + rest + [.stopReading, .endEvents]
    }

    /// What a stream that failed will not echo: everything before is decided by its failure.
    private mutating func echoes() -> [Action] {
        defer { flushes = [] }
        return flushes.map { .emit(.flushed($0)) }
    }

    private mutating func certain() -> [Action] {
        settled.isEmpty ? [] : [.emit(.final(segment(.flush)))]
    }
}

extension Word {
    fileprivate func shifted(by offset: Double) -> Word {
        guard offset != 0 else { return self }
        var word = self
        // On the grid of encoder frames sums of two doubles would show their rounding.
        word.start = ((start + offset) * 1_000).rounded() / 1_000
        word.end = ((end + offset) * 1_000).rounded() / 1_000
        return word
    }
}
