import Foundation
import STTInference
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
        return try await Recognizer(configuration: configuration)
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
        let error = try await Self.outcome(recognizer, .file(Recordings.named("03").url)) {
            $0.waitLimit = .milliseconds(50)
            // Nothing to do with it: it has not begun.
            $0.stallLimit = .milliseconds(1)
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
        options.waitLimit = .seconds(20)
        options.stallLimit = .seconds(20)
        let item = try Recordings.named("03")
        #expect(try await recognizer.transcribe(item.url, options: options).text == item.text)
    }

    @Test func aRecordingOnWhichNothingGetsDoneIsGivenUp() async throws {
        let recognizer = try await Self.recognizer()
        let error = try await Self.outcome(recognizer, .file(Recordings.named("10_").url)) {
            // Less than any window takes.
            $0.stallLimit = .microseconds(1)
        }
        #expect(error?.code == .timedOut)
    }

    @Test func whatSaysThatItIsTooLongIsRefusedBeforeItIsDecoded() async throws {
        let recognizer = try await Self.recognizer()
        // Whoever decodes it finds that nothing can be decoded any more.
        await recognizer.shutDown()
        let error = try await Self.outcome(recognizer, .bytes([UInt8](WaveFile.header(byteCount: 32_000 * 7_200)))) {
            $0.lengthLimit = .seconds(3_600)
        }
        #expect(error?.code == .audioTooLong)
        #expect(error?.message == "audio too long: 7200s exceeds the maximum of 3600s")
    }

    @Test func whatTurnsOutToBeTooLongEnds() async throws {
        let recognizer = try await Self.recognizer()
        let file = WaveFile.data([Float](repeating: 0, count: 16_000 * 30), claimedByteCount: .max)
        let error = try await Self.outcome(recognizer, .bytes([UInt8](file))) { $0.lengthLimit = .seconds(20) }
        #expect(error?.code == .audioTooLong)
        #expect(error?.message == "audio too long: 21s exceeds the maximum of 20s")
    }

    @Test func theLimitItselfIsAllowed() async throws {
        let recognizer = try await Self.recognizer()
        var options = TranscriptionOptions()
        options.lengthLimit = .seconds(2)
        for claimed in [nil, UInt32.max] {
            let file = WaveFile.data([Float](repeating: 0, count: 32_000), claimedByteCount: claimed)
            let transcript = try await recognizer.transcribe(.bytes([UInt8](file)), options: options)
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
        let error = try await Self.outcome(recognizer, .file(Recordings.named("03").url)) {
            $0.waitLimit = .milliseconds(50)
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
        options.decodeLimit = .milliseconds(50)
        let stream = try recognizer.liveStream(options: options)
        let samples = try Recordings.samples(Recordings.named("03"))
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
            recognizer.whenReleased { released.come() }
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
