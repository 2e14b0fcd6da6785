package import STTInference
package import STTValues
import Synchronization

/// The voices of one live stream: its tap takes the features of each final, the workers for recordings read them, and the
/// stream is given the labels. Finals wait for nothing of it.
package final class LiveSpeakerTrack: Sendable {
    /// Finals that may wait to be read; those beyond get no labels.
    package static let waitingLimit = 8

    private struct State {
        /// Away while a worker has it.
        var speakers: LiveSpeakers?
        var waiting: [(segment: Segment, window: FeatureWindow)] = []
        var isInputOver = false
        /// No labels follow.
        var isOver = false
        var submission: InferenceQueue.Submission?
    }

    /// What a track gives its stream: `speakers` or `speakersUnavailable`, `nil` when nothing changed; and whether none
    /// follow.
    typealias Deliver = @Sendable (_ event: LiveEvent?, _ isLast: Bool) -> Void

    private let model: SpeakerModel
    private let queue: InferenceQueue
    private let client = ClientID()
    private let timeout: Duration?
    private let state: Mutex<State>
    private let deliver = Mutex<Deliver?>(nil)

    /// - Parameters:
    ///   - known: The voices by which speakers get names; `nil`: none.
    ///   - timeout: How long the voices of a final may take, waiting included; `nil` for no limit.
    package init(
        _ model: SpeakerModel, _ separation: SpeakerSeparation, known: KnownVoices? = nil, queue: InferenceQueue,
        timeout: Duration?
    ) {
        (self.model, self.queue, self.timeout) = (model, queue, timeout)
        state = Mutex(State(speakers: LiveSpeakers(separation, known: known)))
    }

    func start(_ deliver: @escaping Deliver) { self.deliver.withLock { $0 = deliver } }

    /// What the stream is given.
    var tap: FeatureTap { FeatureTap(KaldiFbank()) { [weak self] in self?.take($0, $1) } }

    /// Stops all work.
    func cancel() {
        deliver.withLock { $0 = nil }
        let submission = state.withLock { state in
            (state.isOver, state.waiting) = (true, [])
            return state.submission
        }
        submission?.cancel()
    }

    /// Takes a final; ``proceed()`` has it read.
    private func take(_ segment: Segment, _ window: FeatureWindow) {
        state.withLock { state in
            if !segment.words.isEmpty, state.waiting.count < Self.waitingLimit, !state.isOver {
                state.waiting.append((segment, window))
            }
            if segment.endpoint == .endOfInput { state.isInputOver = true }
        }
    }

    /// Has the next final read, unless one is; at the end of the input labels everything once more. Called after finals were
    /// taken, without the lock of the stream: what fails at once is delivered at once.
    func proceed() {
        let work: LiveVoiceWork? = state.withLock { state in
            guard !state.isOver, !state.waiting.isEmpty || state.isInputOver, let speakers = state.speakers else {
                return nil
            }
            let next = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            state.speakers = nil
            return LiveVoiceWork(
                model: model, speakers: speakers, segment: next?.segment, window: next?.window,
                isLast: state.isInputOver && state.waiting.isEmpty)
        }
        guard let work else { return }
        let submission = queue.submit(work, in: .file, client: client, timeout: timeout, isAdmitted: true) {
            [weak self] result in self?.complete(result, isLast: work.isLast)
        }
        let isOver = state.withLock { state in
            state.submission = submission
            return state.isOver
        }
        // Cancelled before the submission was known.
        if isOver { submission.cancel() }
    }

    private func complete(
        _ result: Result<LiveVoiceWork.Found, any Error>, isLast: Bool
    ) {
        let deliver = deliver.withLock { $0 }
        switch result {
        case .success(let found):
            state.withLock { state in
                state.speakers = found.speakers
                state.isOver = state.isOver || isLast
            }
            deliver?(found.event, isLast)
            proceed()
        case .failure:
            state.withLock { ($0.isOver, $0.waiting) = (true, []) }
            deliver?(.speakersUnavailable, true)
        }
    }
}

/// The vectors of a final and what follows from them.
private struct LiveVoiceWork: InferenceRequest {
    let model: SpeakerModel
    let speakers: LiveSpeakers
    let segment: Segment?
    let window: FeatureWindow?
    let isLast: Bool

    var isTypical: Bool { false }

    struct Found: Sendable {
        let speakers: LiveSpeakers
        /// `nil` when nothing changed.
        let event: LiveEvent?
    }

    func run(_ token: CancellationToken) throws -> Found {
        var speakers = speakers
        let before = speakers.names
        var spans: [SpeakerSpan] = []
        if let segment, let window {
            let ranges = SpeakerTrack.frames(speakers.begin(segment), of: segment, in: window)
            spans = speakers.append(try VoiceWork(model: model, window: window, ranges: ranges).run(token))
        }
        if isLast { spans += speakers.finish() }
        let names = speakers.names == before ? nil : speakers.names
        let isUnchanged = spans.isEmpty && names == nil
        return Found(speakers: speakers, event: isUnchanged ? nil : .speakers(spans, names: names))
    }
}
