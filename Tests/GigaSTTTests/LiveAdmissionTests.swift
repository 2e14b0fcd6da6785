import STTInference
import TestSupport
import Testing

@testable import GigaSTT

/// Who is listened to keeps getting finals; newcomers are told at once.
@Suite struct LiveAdmissionTests {
    @Test func aNewcomerIsRefusedWhileFinalsWaitTooLongAndAdmittedAfterwards() async throws {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        configuration.admissionLimit = .zero
        let recognizer = try await Recognizer(.demo, configuration: configuration)
        let gate = Gate()
        let samples = try Recordings.samples(Recordings.named("01"))
        let listened = try recognizer.liveStream()
        recognizer.queue.submit(.final, client: ClientID()) { _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
        // One final waits behind the held worker.
        async let events: [LiveEvent] = mustEnd {
            var events: [LiveEvent] = []
            for try await event in listened { events.append(event) }
            return events
        }
        try await listened.append(samples)
        try await listened.finish()
        let error = #expect(throws: GigaSTTError.self) { try recognizer.liveStream() }
        #expect(error?.code == .overloaded)
        #expect(error?.retryAfter ?? .zero > .zero)
        gate.open()
        let texts = try await events.finals.map(\.text)
        #expect(texts.count == 1)
        #expect(WordErrors.count(texts[0], against: try Recordings.named("01").text) <= 3)
        _ = try recognizer.liveStream()
    }
}
