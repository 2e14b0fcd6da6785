import CGigaSTT
import GigaSTT
import STTMedia
import Synchronization

/// A live stream of a C program: calls take turns, and each blocks its thread.
final class StreamSession: Sendable {
    fileprivate struct Input {
        var converter: PCMConverter?
        var flushCount = 0
        /// Whether the last segment that was returned is a partial with text.
        var isPartialShown = false
    }

    let engine: Recognizer
    private let stream: LiveStream
    private let reader: EventReader?
    private let input = Mutex(Input())
    /// Whether the engine was freed, which cancels the stream.
    private let isShutDown: Flag

    /// Opens a stream; its events go to `callback`, or are returned by the calls.
    init(_ engine: Recognizer, _ options: LiveOptions, _ callback: EventCallback?) throws {
        self.engine = engine
        let (stream, flag) = (try engine.liveStream(options: options), Flag())
        (self.stream, isShutDown) = (stream, flag)
        reader = callback.map { EventReader(stream, $0) { flag.failure($0) } }
        reader?.start()
    }

    /// Takes audio, and returns the events that are there.
    func append(_ bytes: [UInt8], _ format: PCMFormat) throws -> [TimedLiveEvent] {
        try locked { input in
            let rest = input.change(to: format)
            return try feed(rest) + feed(input.converter?.convert(bytes) ?? [])
        }
    }

    /// Ends the utterance, and returns the events up to there.
    func flush() throws -> [TimedLiveEvent] {
        try locked { input in
            var events = try feed(input.converter?.flush() ?? [])
            input.flushCount += 1
            let (stream, number) = (stream, input.flushCount)
            if let reader {
                try CallingThread.wait { try await stream.flush(number) }
                try reader.waitForFlush(number)
                return []
            }
            events += try CallingThread.wait {
                async let flushing: Void = stream.flush(number)
                var events: [TimedLiveEvent] = []
                while let timed = try await stream.nextTimed(), timed.event != .flushed(number) { events.append(timed) }
                try await flushing
                return events
            }
            return events
        }
    }

    /// Ends the audio, and returns the last events.
    func finish() throws -> [TimedLiveEvent] {
        try locked { input in
            var events = try feed(input.converter?.finish() ?? [])
            let stream = stream
            if let reader {
                try CallingThread.wait { try await stream.finish() }
                try reader.waitForEnd()
                return []
            }
            events += try CallingThread.wait {
                async let finishing: Void = stream.finish()
                var events: [TimedLiveEvent] = []
                while let timed = try await stream.nextTimed() { events.append(timed) }
                try await finishing
                return events
            }
            return events
        }
    }

    /// Ends everything; calls that run fail with `GIGASTT_ERROR_CANCELLED`.
    func close() {
        stream.cancel()
        reader?.close()
    }

    /// Ends everything, as the engine was freed; calls that run and later ones fail with `GIGASTT_ERROR_SHUT_DOWN`.
    func shutDown() {
        isShutDown.set()
        stream.cancel()
    }

    private func locked(_ body: (inout Input) throws -> [TimedLiveEvent]) throws -> [TimedLiveEvent] {
        // The callback would wait for itself.
        guard reader?.isCurrentThread != true else {
            throw CallFailure.invalid("A callback can only free its own stream. Call this from another thread.")
        }
        do {
            return try input.withLock { input in input.segments(of: try body(&input)) }
        } catch {
            throw isShutDown.failure(error)
        }
    }

    /// Appends samples a second at a time, and returns the events meanwhile unless a reader takes them: so there is always
    /// room for those that the next second causes.
    private func feed(_ samples: [Float]) throws -> [TimedLiveEvent] {
        var events: [TimedLiveEvent] = []
        var start = 0
        repeat {
            let piece = Array(samples[start..<min(start + 16_000, samples.count)])
            let stream = stream
            if !piece.isEmpty { try CallingThread.wait { try await stream.append(piece) } }
            while reader == nil, let timed = try stream.poll() { events.append(timed) }
            start += piece.count
        } while start < samples.count
        return events
    }

    /// Whether the engine was freed.
    private final class Flag: Sendable {
        private let value = Atomic(false)

        func set() { value.store(true, ordering: .relaxed) }

        /// What ended a stream or a call of it: cancellation has one of two reasons.
        func failure(_ error: any Error) -> CallFailure {
            guard error is CancellationError, value.load(ordering: .relaxed) else { return CallFailure(error) }
            return CallFailure(GIGASTT_ERROR_SHUT_DOWN, "The engine was freed. Free the stream, too.")
        }
    }
}

extension StreamSession.Input {
    /// Prepares for audio of another format. Returns what is left of that before; half a sample of it is dropped.
    fileprivate mutating func change(to format: PCMFormat) -> [Float] {
        guard converter?.format != format else { return [] }
        defer { converter = PCMConverter(format) }
        return converter?.finish() ?? []
    }

    /// The partials and finals among the events. One without text only takes back a partial that was returned.
    fileprivate mutating func segments(of events: [TimedLiveEvent]) -> [TimedLiveEvent] {
        var segments: [TimedLiveEvent] = []
        for event in events where event.json != nil && (isPartialShown || !event.text.isEmpty) {
            segments.append(event)
            isPartialShown = event.isPartial && !event.text.isEmpty
        }
        return segments
    }
}
