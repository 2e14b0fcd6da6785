import STTInference
import STTValues
import TestSupport
import Testing

@testable import STTRecognition

/// A recording whose partials are asked for is fed only as fast as they are decoded.
@Suite struct RecordingPartialTests {
    /// A second, which is taken at once and for which a partial is due.
    private let speech = Result { Array(try Recording.samples("01_commands.wav").prefix(16_000)) }

    private func recording(_ booth: Booth, awaits: Bool = true) -> RecognitionStream {
        booth.stream {
            $0.finalLane = .file
            $0.partials = .recording
            $0.awaitsPartials = awaits
        }
    }

    @Test func feedingWaitsForThePartialInTheLaneOfFiles() async throws {
        let booth = try Booth()
        let gate = await booth.occupy()
        let stream = recording(booth)
        let (other, samples) = (recording(booth, awaits: false), try speech.get())
        for stream in [stream, other] { try await stream.append(samples) }
        #expect(!stream.hasRoom && other.hasRoom)
        #expect(booth.queue.waitingCount(.file) == 1 && booth.queue.waitingCount(.partial) == 1)
        gate.open()
        try await mustEnd {
            try await stream.append([0])
            try await stream.finish()
            let events = try await stream.rest()
            let firstPartial = events.firstIndex { if case .partial = $0 { true } else { false } }
            let firstFinal = events.firstIndex { if case .final = $0 { true } else { false } }
            #expect(try #require(firstPartial) < (try #require(firstFinal)))
        }
    }

    /// Work beside it may take every place; a recording then goes on without the partial.
    @Test func aPartialThatGetsNoPlaceIsNotWaitedFor() async throws {
        let booth = try Booth { $0.waiting.file = 1 }
        let gate = await booth.occupy()
        booth.queue.submit(.file, client: ClientID()) { _ in
        } completion: { _ in
        }
        let stream = recording(booth)
        try await mustEnd { [samples = try speech.get()] in
            try await stream.append(samples)
            #expect(stream.hasRoom && booth.queue.statistics.lanes.file.refused == 1)
        }
        gate.open()
    }

    @Test func aCancelledFeederDoesNotWait() async throws {
        let booth = try Booth()
        let gate = await booth.occupy()
        let stream = recording(booth)
        try await stream.append(try speech.get())
        let feeding = Task { try await stream.append([0]) }
        feeding.cancel()
        await #expect(throws: CancellationError.self) { try await mustEnd { try await feeding.value } }
        gate.open()
    }
}
