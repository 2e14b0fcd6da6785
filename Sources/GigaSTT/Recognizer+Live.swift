import STTInference
import STTRecognition

extension Recognizer {
    /// A new live stream. Costs nothing until audio comes.
    ///
    /// Throws `overloaded`, with `retryAfter`, when finals already wait longer than
    /// `RecognizerConfiguration.admissionLimit`: open streams keep their finals, and new ones are refused at once. Throws
    /// `invalidOption` for a negative limit, for alternatives that the model cannot give, and for known voices where names
    /// are off or that are of another speaker model.
    public func liveStream(options: LiveOptions = .init()) throws -> LiveStream {
        try liveStream(options: options, onPartialDecode: nil)
    }

    /// The same; `onPartialDecode` is called when a partial was decoded, whether it shows anything new or not, and must be
    /// short.
    package func liveStream(
        options: LiveOptions, onPartialDecode: (@Sendable () -> Void)?
    ) throws -> LiveStream {
        try options.validate(head, canFuse: decoder.canFuse)
        try options.knownVoices?.check(voiceModel)
        try admit()
        return LiveStream(
            stream {
                $0.rules = SegmentationRules(options.endpointing, decoder.model.geometry)
                $0.partials = options.partials ? PartialPolicy() : nil
                $0.decodesAhead = true
                $0.finalLane = .final
                $0.undecodedLimit = 2
                $0.crowdedCount = nil
                $0.isAdmitted = true
                $0.finalTimeout = options.finalTimeout
                $0.onPartialDecode = onPartialDecode
                $0.decodeOptions.wordEnds = options.wordEnds
                $0.decodeOptions.calibration = calibration(options.confidence)
                $0.decodeOptions.fuses = fuses(options.text)
                $0.decodeOptions.hypothesisCount = options.maximumAlternatives
                $0.finisher = finisher(options.text)
                if !options.usesVoiceActivityModel { $0.voiceActivity = EnergyActivity() }
                $0.decodeOptions.bias = hotwords.bias(options.hotwords)
                if let separation = options.speakers, let model = speakers {
                    $0.speakers = LiveSpeakerTrack(
                        model, separation, known: options.knownVoices, queue: queue, timeout: options.finalTimeout)
                }
            })
    }

    private func admit() throws {
        let wait = queue.expectedWait(.final)
        guard wait > configuration.admissionLimit else { return }
        throw GigaSTTError(
            .overloaded, "Too many live streams are active. Try again in a while.",
            retryAfter: wait)
    }

    /// Recognises live audio: `onEvent` is called for each event, in order, in the caller's isolation.
    ///
    /// When `input` ends, the last final follows and the call returns. A slow `onEvent` slows the reading of `input`;
    /// throwing from it, or cancelling the task, stops all work of the stream.
    ///
    /// Throws what `input` or `onEvent` throws, `GigaSTTError`, or `CancellationError`.
    nonisolated(nonsending) public func transcribe<Input: AsyncSequence & Sendable>(
        live input: Input, options: LiveOptions = .init(),
        onEvent: (LiveEvent) async throws -> Void
    ) async throws where Input.Element == LiveInput {
        try await transcribe(options, onEvent) { stream in
            try await Self.feed(input, to: stream) { item in
                switch item {
                case .audio(let samples): try await stream.append(samples)
                case .flush(let number): try await stream.flush(number)
                }
            }
        }
    }

    /// Recognises live audio that comes as blocks of samples: 16 kHz, mono, −1…1, of any length. Everything else is as
    /// with a sequence of `LiveInput`, which carries flushes, too.
    nonisolated(nonsending) public func transcribe<Input: AsyncSequence & Sendable>(
        live input: Input, options: LiveOptions = .init(),
        onEvent: (LiveEvent) async throws -> Void
    ) async throws where Input.Element == [Float] {
        try await transcribe(options, onEvent) { stream in
            try await Self.feed(input, to: stream) { try await stream.append($0) }
        }
    }

    nonisolated(nonsending) private func transcribe(
        _ options: LiveOptions, _ onEvent: (LiveEvent) async throws -> Void,
        feeding feed: @escaping @Sendable (LiveStream) async throws -> Void
    ) async throws {
        let stream = try liveStream(options: options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed(stream) }
            do {
                for try await event in stream { try await onEvent(event) }
            } catch {
                stream.cancel()
                group.cancelAll()
                let feeding = await group.nextResult()
                // A feeder that cancelled has the reason.
                if error is CancellationError, !Task.isCancelled { try feeding?.get() }
                throw error
            }
            try await group.waitForAll()
        }
    }

    private static func feed<Input: AsyncSequence & Sendable>(
        _ input: Input, to stream: LiveStream, _ take: (Input.Element) async throws -> Void
    ) async throws {
        do {
            for try await item in input { try await take(item) }
            try await stream.finish()
        } catch {
            stream.cancel()
            throw error
        }
    }
}

extension SegmentationRules {
    /// The rules that follow from the options of a caller.
    init(_ endpointing: Endpointing, _ geometry: ModelGeometry) {
        self.init(geometry)
        self = withTrailingSilence(endpointing.silence.map { geometry.featureFrames($0) })
        if endpointing.blankRun { probing = Probing() }
    }
}

extension ModelGeometry {
    fileprivate func featureFrames(_ duration: Duration) -> Int {
        featureFrames(seconds: min(max(duration / .seconds(1), 0), 3_600))
    }
}
