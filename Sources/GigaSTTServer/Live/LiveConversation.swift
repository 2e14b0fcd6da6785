import GigaSTT
import NIOCore
import Synchronization

/// The engine side of one channel of a live session, whatever the wire: feeds the recognition, replaces streams that fail,
/// delivers the final that is owed, measures.
///
/// One task calls `take` and `inputEnded`, one runs `sendEvents`; any task may call `end`, and `abort` from anywhere.
/// Back-pressure propagates: a slow client suspends `sendEvents`, which suspends the stream, and so `take`.
final class LiveConversation: Sendable {
    /// Opens a stream of the engine; may wait for the engine to take it, up to the limit.
    typealias Open = @Sendable (RecognitionRequest, _ waitLimit: Duration) async throws -> any LiveRecognition

    /// What became of an event.
    enum Delivery: Sendable { case sent, unsent, lost }

    /// Where events go, and how reading stops.
    struct Output: Sendable {
        let emit: @Sendable (ConversationEvent) async -> Delivery
        let stopReading: @Sendable () -> Void
    }

    /// One stream of the engine within the conversation.
    private struct Attempt: Sendable {
        let stream: any LiveRecognition
        /// Seconds of the session before its first sample.
        let offset: Double
        /// Ends when the last event of the stream, or its failure, has been handled.
        let handled: AsyncStream<Never>
        let finishHandling: AsyncStream<Never>.Continuation

        init(_ stream: any LiveRecognition, offset: Double) {
            (self.stream, self.offset) = (stream, offset)
            (handled, finishHandling) = AsyncStream.makeStream()
        }
    }

    private struct State {
        var machine = ConversationMachine()
        var attempt: Attempt?
        /// At 16 kHz.
        var fedSampleCount = 0
        var latencies = LiveLatencies()
        var isCounted = false
        var answers = AnswerDeadline()
        /// Ends the wait for a stream when the conversation ends.
        var streamWait: AsyncStream<Never>.Continuation?
    }

    /// Bytes that are converted and fed at a time, so that a large message costs no large blocks.
    private static let blockByteCount = 32_768

    private let state = Mutex(State())
    private let converter = Mutex<PCMConverter?>(nil)
    private let (attempts, attemptSource) = AsyncStream.makeStream(of: Attempt.self)
    private let output: Output
    private let waitLimit: Duration
    private let answersAudio: Bool
    private let metrics: ServerMetrics
    private let open: Open

    /// - Parameters:
    ///   - waitLimit: How long the first audio waits while the engine is busy; afterwards a client is to wait as long
    ///     before it tries again (gigastt contract, section 2).
    ///   - answersAudio: Whether `audioTaken` waits a moment for the text that the audio sets going.
    init(
        output: Output, waitLimit: Duration, metrics: ServerMetrics, answersAudio: Bool = false, open: @escaping Open
    ) {
        (self.output, self.waitLimit, self.metrics, self.open) = (output, waitLimit, metrics, open)
        self.answersAudio = answersAudio
    }

    /// Why it ended; `nil` while it goes on.
    var endReason: EndReason? { state.withLock { $0.machine.end } }
    /// Seconds of audio that the engine took.
    var audioSeconds: Double { Double(state.withLock { $0.fedSampleCount }) / 16_000 }
    /// What was sent.
    var latencies: LiveLatencies { state.withLock { $0.latencies } }
}

// MARK: - Input

extension LiveConversation {
    /// Takes an input; suspends while the engine is behind.
    func take(_ input: ConversationInput) async {
        switch input {
        case .begin(let format, let request, _):
            converter.withLock { $0 = PCMConverter(format) }
            state.withLock { $0.machine.begin(request) }
        case .audio(var bytes):
            let (arrival, before) = (ContinuousClock.now, audioSeconds)
            while let block = bytes.readBytes(length: min(bytes.readableBytes, Self.blockByteCount)), !block.isEmpty {
                await feed(converter.withLock { $0?.convert(block) } ?? [])
            }
            if answersAudio { await awaitText(of: audioSeconds - before, since: arrival) }
            _ = await output.emit(.audioTaken)
        case .flush(let number, _):
            // The filter of the resampler holds the last milliseconds of what was said.
            await feed(converter.withLock { $0?.flush() } ?? [])
            await perform { $0.machine.flush(number) }
        case .end(let reason): await end(reason)
        }
    }

    /// Everything that arrived has been taken: returns when the engine knows.
    func inputEnded() async {
        if endReason?.decodesRemainder == true { await feed(converter.withLock { $0?.finish() } ?? []) }
        await perform { $0.machine.inputEnded() }
    }

    /// Ends the conversation.
    func end(_ reason: EndReason) async {
        await perform { state in
            state.streamWait?.finish()
            return state.machine.end(reason)
        }
    }

    /// Stops all work at once: there is no connection any more.
    func abort() {
        let attempt = state.withLock { state in
            _ = state.machine.end(.disconnected)
            state.streamWait?.finish()
            defer { state.attempt = nil }
            return state.attempt
        }
        attempt?.stream.cancel()
        attemptSource.finish()
        output.stopReading()
    }

    /// Waits for what these seconds of audio set going, as long as their answer may.
    private func awaitText(of seconds: Double, since arrival: ContinuousClock.Instant) async {
        let (stream, deadline) = state.withLock { state in
            (state.attempt?.stream, state.answers.deadline(audio: seconds, at: arrival))
        }
        guard let stream, let deadline, let isInTime = try? await stream.settled(by: deadline) else { return }
        state.withLock { $0.answers.waited(isInTime: isInTime) }
    }

    /// Hands samples to the engine; a stream that fails meanwhile is replaced, and the next one gets them.
    private func feed(_ samples: [Float]) async {
        guard !samples.isEmpty else { return }
        while let attempt = await attempt() {
            do {
                try await attempt.stream.append(samples)
                state.withLock { $0.fedSampleCount += samples.count }
                return metrics.heard(Double(samples.count) / 16_000, source: .live)
            } catch {
                // Handled where the events are read, after all that was decided before the failure.
                for await _ in attempt.handled {}
                if state.withLock({ $0.attempt?.stream === attempt.stream }) { return }
            }
        }
    }

    /// The stream for the next audio, opened if need be.
    private func attempt() async -> Attempt? {
        while true {
            let (attempt, request) = state.withLock { ($0.attempt, $0.machine.streamRequest) }
            if attempt != nil { return attempt }
            guard let request else { return nil }
            do {
                let stream = try await stream(request)
                let opened = state.withLock { state -> Attempt? in
                    guard state.machine.opened() else { return nil }
                    let attempt = Attempt(stream, offset: Double(state.fedSampleCount) / 16_000)
                    state.attempt = attempt
                    if !state.isCounted { metrics.liveStreams.add(1) }
                    state.isCounted = true
                    return attempt
                }
                guard let opened else {
                    stream.cancel()
                    return nil
                }
                attemptSource.yield(opened)
                return opened
            } catch {
                await perform { $0.machine.failed(error, retryAfter: self.waitLimit) }
            }
        }
    }
}

extension LiveConversation {
    /// Opens a stream. Once the conversation is about to end nothing waits any more.
    private func stream(_ request: RecognitionRequest) async throws -> any LiveRecognition {
        // A stream of values ends for good when a task that reads it is cancelled, so each wait has its own.
        let (ending, source) = AsyncStream.makeStream(of: Never.self)
        let isEnding = state.withLock { state in
            state.streamWait = source
            return state.machine.end != nil
        }
        if isEnding { return try await open(request, .zero) }
        return try await withThrowingTaskGroup(of: (any LiveRecognition)?.self) { group in
            group.addTask { try await self.open(request, self.waitLimit) }
            group.addTask {
                for await _ in ending {}
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let stream = first else {
                throw GigaSTTError(.shuttingDown, "The session ended before the engine took it.")
            }
            return stream
        }
    }
}

// MARK: - Output

extension LiveConversation {
    /// Sends the events of each stream in turn, until none follows.
    func sendEvents() async {
        for await attempt in attempts {
            do {
                while let event = try await attempt.stream.nextTimed() { await send(event, of: attempt) }
                await perform { state in
                    state.attempt = nil
                    return state.machine.streamEnded()
                }
            } catch {
                await perform { state in
                    state.attempt = nil
                    return state.machine.failed(error, retryAfter: self.waitLimit)
                }
            }
            attempt.finishHandling.finish()
        }
        _ = await output.emit(.ended)
        let isCounted = state.withLock { state in
            defer { state.isCounted = false }
            return state.isCounted
        }
        if isCounted { metrics.liveStreams.add(-1) }
    }

    private func send(_ event: TimedLiveEvent, of attempt: Attempt) async {
        let made = state.withLock { state in
            state.latencies.record(event)
            return state.machine.receive(event.event, offset: attempt.offset)
        }
        guard let made else { return }
        switch await output.emit(made) {
        case .sent:
            let latency = state.withLock { $0.latencies.recordSent(event, at: .now) }
            if let latency { metrics.sent(latency) }
        case .unsent: break
        case .lost: attempt.stream.cancel()
        }
    }

    /// Lets the machine decide and does what it says.
    private func perform(_ decide: (inout State) -> [ConversationMachine.Action]) async {
        for action in state.withLock({ decide(&$0) }) {
            switch action {
            case .emit(let event): _ = await output.emit(event)
            case .flush(let number): try? await current?.flush(number)
            // A failure shows where the events are read.
            case .finish: try? await current?.finish()
            case .cancel: current?.cancel()
            case .stopReading: output.stopReading()
            case .endEvents: attemptSource.finish()
            }
        }
    }

    private var current: (any LiveRecognition)? { state.withLock { $0.attempt?.stream } }
}

extension ConversationMachine {
    /// A stream ended with an error. It is cancelled only when its events are not read.
    fileprivate mutating func failed(_ error: any Error, retryAfter: Duration) -> [Action] {
        if error is CancellationError { return end(.disconnected) }
        let failure = WireFailure(error)
        return failed(failure.retryAfterMilliseconds == nil ? failure : .busy(retryAfter: retryAfter))
    }
}
