import Foundation
import STTInference
import Synchronization
import TestSupport
import Testing

@testable import GigaSTT

/// What the caller of a recording has set bounds to.
@Suite struct RecordingLimitTests {
    private static func recognizer(_ adjust: (inout RecognizerConfiguration) -> Void = { _ in }) async throws
        -> Recognizer
    {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        adjust(&configuration)
        return try await Recognizer(.demo, configuration: configuration)
    }

    private static func silence(seconds: Int, claimedByteCount: UInt32? = nil) -> [UInt8] {
        [UInt8](
            WaveFile.data([Float](repeating: 0, count: 16_000 * seconds), claimedByteCount: claimedByteCount))
    }

    /// Silence of which nothing says how long it is.
    private static func endless(seconds: Int) -> AudioSource {
        let rest = Mutex(silence(seconds: seconds, claimedByteCount: .max)[...])
        return .stream { target in
            rest.withLock { rest in
                let count = min(target.count, rest.count)
                target.copyBytes(from: rest.prefix(count))
                rest = rest.dropFirst(count)
                return count
            }
        }
    }

    private static func outcome(
        _ recognizer: Recognizer, _ source: AudioSource,
        _ adjust: @escaping @Sendable (inout TranscriptionOptions) -> Void
    ) async throws -> GigaSTTError? {
        await #expect(throws: GigaSTTError.self) {
            try await mustEnd {
                var options = TranscriptionOptions()
                adjust(&options)
                _ = try await recognizer.transcribe(source, options: options)
            }
        }
    }

    @Test func aRecordingDoesNotWaitForAWorkerForEver() async throws {
        let recognizer = try await Self.recognizer()
        let gate = Gate()
        recognizer.queue.submit(.file, client: ClientID()) { _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
        let error = try await Self.outcome(recognizer, .file(Recordings.named("08").url)) {
            $0.queueTimeout = .milliseconds(50)
            $0.progressTimeout = .seconds(20)
        }
        #expect(error?.code == .overloaded && error?.retryAfter == .milliseconds(50))
        gate.open()
        // Nothing of it is left behind.
        await recognizer.queue.drain()
        #expect(recognizer.queue.statistics.lanes.file.cancelled == 1)
    }

    @Test func aRecordingThatBeganInTimeMayTakeLongerThanThat() async throws {
        let recognizer = try await Self.recognizer()
        var options = TranscriptionOptions()
        options.queueTimeout = .seconds(20)
        options.progressTimeout = .seconds(20)
        let item = try Recordings.named("08")
        #expect(try await recognizer.transcribe(item.url, options: options).text == item.written)
    }

    @Test func aRecordingOnWhichNothingGetsDoneIsGivenUp() async throws {
        let recognizer = try await Self.recognizer()
        let error = try await Self.outcome(recognizer, .file(Recordings.named("10_").url)) {
            // Less than any window takes.
            $0.progressTimeout = .microseconds(1)
        }
        #expect(error?.code == .timedOut)
    }

    @Test func whatSaysThatItIsTooLongIsRefusedBeforeItIsDecoded() async throws {
        let recognizer = try await Self.recognizer()
        // Whoever decodes it finds that nothing can be decoded any more.
        await recognizer.shutDown()
        let error = try await Self.outcome(recognizer, .bytes(Self.silence(seconds: 60))) {
            $0.maximumDuration = .seconds(40)
        }
        #expect(error?.code == .audioTooLong)
        #expect(error?.message == "audio too long: 60s exceeds the maximum of 40s")
    }

    @Test func whatTurnsOutToBeTooLongEnds() async throws {
        let recognizer = try await Self.recognizer()
        let error = try await Self.outcome(recognizer, Self.endless(seconds: 30)) { $0.maximumDuration = .seconds(20) }
        #expect(error?.code == .audioTooLong)
        #expect(error?.message == "audio too long: 21s exceeds the maximum of 20s")
    }

    @Test func theLimitItselfIsAllowed() async throws {
        let recognizer = try await Self.recognizer()
        var options = TranscriptionOptions()
        options.maximumDuration = .seconds(2)
        for source in [AudioSource.bytes(Self.silence(seconds: 2)), Self.endless(seconds: 2)] {
            let transcript = try await recognizer.transcribe(source, options: options)
            #expect(transcript.duration == 2)
        }
    }

    @Test func filesUseTheirWorkersOnly() async throws {
        let recognizer = try await Self.recognizer {
            $0.workerCount = 2
            $0.fileWorkerLimit = 1
        }
        let gate = Gate()
        recognizer.queue.submit(.file, client: ClientID()) { _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
        let error = try await Self.outcome(recognizer, .file(Recordings.named("08").url)) {
            $0.queueTimeout = .milliseconds(50)
        }
        #expect(error?.code == .overloaded && recognizer.status.idleWorkerCount == 1)
        gate.open()
    }

    @Test func anUtteranceOfALiveStreamThatTakesTooLongEndsIt() async throws {
        let recognizer = try await Self.recognizer()
        let gate = Gate()
        recognizer.queue.submit(.final, client: ClientID()) { _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
        var options = LiveOptions()
        options.finalTimeout = .milliseconds(50)
        let stream = try recognizer.liveStream(options: options)
        let samples = try Recordings.samples(Recordings.named("08"))
        let error = await #expect(throws: GigaSTTError.self) {
            try await mustEnd {
                try await stream.append(samples)
                try await stream.finish()
                for try await _ in stream {}
            }
        }
        #expect(error?.code == .timedOut)
        gate.open()
    }

    @Test func aRecognizerIsReleasedWithItsLastStream() async throws {
        let released = Moment()
        var stream: LiveStream?
        do {
            let recognizer = try await Self.recognizer()
            try await recognizer.warmUp()
            recognizer.onShutdown { released.come() }
            stream = try recognizer.liveStream()
        }
        #expect(!released.hasCome)
        stream?.cancel()
        stream = nil
        try await mustEnd { await released.wait() }
    }

    @Test func aRecognizerThatWasShutDownCannotBeWarmedUp() async throws {
        let recognizer = try await Self.recognizer()
        await recognizer.shutDown()
        let error = await #expect(throws: GigaSTTError.self) { try await recognizer.warmUp() }
        #expect(error?.code == .shuttingDown)
    }
}
