package import STTInference
import STTValues
import Synchronization

/// One stream of audio being recognised, live or from a file: samples go in at one end, events come out at the other.
///
/// It owns no task and no thread. The feeding task computes features and cuts utterances; workers of the queue decode;
/// the reading task takes the events. A value machine behind a lock decides, and each of the three performs its
/// actions. One task feeds and one reads; with several readers, each event goes to one of them.
package final class RecognitionStream: Sendable {
    enum End { case feeding, reading, feedingAndReading, settling }
    typealias Continuation = CheckedContinuation<Void, Never>

    struct State {
        var frontEnd: any FrontEnd
        var tap: FeatureTap?
        var activity: any VoiceActivity
        /// Audio for the voice activity alone.
        var context = ActivityContext()
        /// Whether a window of the stream was accepted, or the stream itself: further ones are never refused.
        var isAdmitted: Bool
        var machine: UtteranceMachine
        var sampleCount = 0
        var events: [TimedLiveEvent] = []
        var eventTimes = EventTimes()
        var submissions: [DecodeID: InferenceQueue.Submission?] = [:]  // nil = on its way into the queue
        var isInputOver = false
        var isOver = false
        /// Whether labels of words may follow the last final.
        var awaitsSpeakers: Bool
        var failure: (any Error)?
        var waiting: [End: [Continuation]] = [:]

        var isEnded: Bool { isOver && !awaitsSpeakers || failure != nil }
        /// Whether no text is being made of the audio so far, and the reader has handled every event.
        var isSettled: Bool {
            !machine.isPartialOutstanding && machine.pendingEventCount == 0 && events.isEmpty
                && waiting[.reading] != nil
        }
    }

    let decoder: WindowDecoder
    let queue: InferenceQueue
    let settings: StreamSettings
    let client = ClientID()
    let state: Mutex<State>

    package init(decoder: WindowDecoder, queue: InferenceQueue, settings: StreamSettings) {
        self.decoder = decoder
        self.queue = queue
        self.settings = settings
        state = Mutex(
            State(
                frontEnd: decoder.model.frontEnd(settings.melPrecision), tap: settings.speakers?.tap ?? settings.tap,
                activity: settings.voiceActivity,
                isAdmitted: settings.isAdmitted,
                machine: UtteranceMachine(settings, decoder.model.geometry),
                awaitsSpeakers: settings.speakers != nil))
        settings.speakers?.start { [weak self] in self?.take($0, isLast: $1) }
    }

    deinit { cancel() }
}

// MARK: - The feeding end

extension RecognitionStream {
    /// Whether `append` would go on at once.
    package var hasRoom: Bool { state.withLock { hasRoom($0) } }

    /// Takes samples (16 kHz, mono, −1…1). Suspends while too much is undecoded or unread; nothing is dropped.
    ///
    /// Values outside the range are clamped, and values that are not finite become 0, as in a recording: a single one
    /// would spoil the features of the whole utterance.
    ///
    /// Throws `CancellationError` when the stream was cancelled, and whatever ended it otherwise.
    package func append(_ samples: [Float]) async throws {
        // A second at a time, so that the bound holds however large the block is.
        let second = decoder.model.geometry.sampleRate
        for start in stride(from: 0, to: samples.count, by: second) {
            let end = min(start + second, samples.count)
            try await room()
            try await take(start == 0 && end == samples.count ? samples : Array(samples[start..<end]))
            // With room for more, nothing above suspends: others on this thread get their turn, above all the reader.
            await Task.yield()
        }
    }

    /// Lets a stream that has no audio yet begin within a recording, at a frame where an utterance ended. The voice
    /// activity also takes the `contextCount` frames before it, which come first, so that its decisions are those of the whole.
    package func begin(at frame: Int, contextCount: Int) {
        let geometry = decoder.model.geometry
        state.withLock { state in
            state.machine = UtteranceMachine(settings, geometry, firstFrame: frame)
            state.context = ActivityContext(frameCount: contextCount, bandCount: geometry.bandCount)
            state.sampleCount = (frame - contextCount) * geometry.hop
        }
    }

    /// Asks for a final of what was said so far, and for `flushed(number)` after it.
    package func flush(_ number: Int) async throws {
        try await room()
        try act { $0.machine.flush(number) }
    }

    /// Ends the audio: one last final follows, and then the events end. Calling it again does nothing.
    package func finish() async throws {
        if state.withLock({ $0.isInputOver }) { return }
        try await room()
        let rest = try await probabilities(nil, levels: [])
        try act {
            $0.isInputOver = true
            return $0.machine.append(FeatureBlock(), activity: $0.context.remainder(of: rest))
                + $0.machine.finish(sampleCount: $0.sampleCount)
        }
    }

    /// Stops all work of the stream at once. Reader and feeder get a `CancellationError`.
    package func cancel() { end(with: CancellationError()) }

    private func take(_ samples: [Float]) async throws {
        let samples = samples.audible
        var timing = DecodeTiming()
        let features = state.withLock { state in
            state.sampleCount += samples.count
            state.tap?.append(samples)
            return timing.measure(\.features) { state.frontEnd.append(samples) }
        }
        decoder.timing.add(timing)
        let activity = try await probabilities(samples, levels: features.levels)
        settings.watchdog?.note(.done)
        try act { state in
            state.machine.append(state.context.remainder(of: features), activity: state.context.remainder(of: activity))
        }
    }

    /// Speech probabilities of the next frames: computed here if that is arithmetic, on a worker if it runs a model. No
    /// samples: the end of the audio.
    private func probabilities(_ samples: [Float]?, levels: [Float]) async throws -> [Float] {
        do {
            let (computed, activity) = try state.withLock { state in
                guard !state.activity.runsModel(appending: samples?.count) else {
                    return ([Float]?.none, state.activity)
                }
                return (try state.activity.append(samples, levels: levels), state.activity)
            }
            if let computed { return computed }
            // One request at a time for each stream, so it never has to be refused.
            let result = try await queue.run(
                ActivityWork(activity: activity, samples: samples, levels: levels), in: .activity, client: client,
                timeout: settings.finalTimeout, isAdmitted: true)
            state.withLock { $0.activity = result.activity }
            return result.probabilities
        } catch {
            // These frames would never get a probability, so nothing after them could be decided.
            let failure = StreamFailure.translate(error)
            end(with: failure)
            throw failure
        }
    }

    func hasRoom(_ state: State) -> Bool {
        hasRoomForUtterance(state.machine.undecodedCount)
            && !(settings.awaitsPartials && state.machine.isPartialOutstanding)
            && state.machine.heldFrameCount < decoder.model.geometry.featureFramesPerSecond
            && state.events.count + state.machine.pendingEventCount < settings.eventLimit
    }

    private func hasRoomForUtterance(_ undecodedCount: Int) -> Bool {
        guard undecodedCount > 0 else { return true }
        let isCrowded = settings.crowdedCount.map { queue.waitingCount(settings.finalLane) >= $0 } ?? false
        // When the lane empties, the stream is woken by its own decode.
        return undecodedCount < settings.undecodedLimit && !isCrowded
    }

    private func room() async throws {
        try await wait(at: .feeding) { self.hasRoom($0) }
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            if state.isInputOver {
                throw GigaSTTError(.invalidOption, "The stream has ended. Open a new one for more audio.")
            }
        }
    }
}

extension [Float] {
    /// The values within −1…1; 0 for what is not finite.
    var audible: [Float] {
        allSatisfy { abs($0) <= 1 } ? self : map { $0.isFinite ? Swift.min(Swift.max($0, -1), 1) : 0 }
    }
}
