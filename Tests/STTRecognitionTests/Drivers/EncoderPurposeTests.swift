import Synchronization
import TestSupport
import Testing

@testable import STTRecognition

/// What the encoder ran for, by the built-in model.
@Suite struct EncoderPurposeTests {
    private func runs(_ booth: Booth) -> [EncoderPurpose: Int] {
        Dictionary(uniqueKeysWithValues: EncoderPurpose.allCases.map { ($0, booth.decoder.timing.use($0).runCount) })
            .filter { $0.value > 0 }
    }

    private func play(_ booth: Booth, _ adjust: (inout StreamSettings) -> Void) async throws {
        let samples = try Recording.samples("01_commands.wav") + [Float](repeating: 0, count: 16_000)
        let stream = booth.stream(adjust)
        _ = try await mustEnd {
            async let events = stream.rest()
            for start in stride(from: 0, to: samples.count, by: 1_600) {
                try await stream.append(Array(samples[start..<min(start + 1_600, samples.count)]))
            }
            try await stream.finish()
            return try await events
        }
    }

    @Test func aRecordingHasFinalsOnly() async throws {
        let booth = try Booth()
        try await play(booth) { _ in }
        #expect(runs(booth).keys.map(\.rawValue) == ["final"])
        let use = booth.decoder.timing.use(.final)
        #expect(use.time > .zero)
        #expect(booth.decoder.timing.value.encoder == use.time)
    }

    /// Feeding waits for each partial, so that none is superseded.
    @Test func everyPartialIsNotedWhetherItShowsAnythingOrNot() async throws {
        let booth = try Booth()
        let noted = Atomic(0)
        try await play(booth) {
            ($0.partials, $0.awaitsPartials) = (PartialPolicy(), true)
            $0.onPartialDecode = { noted.wrappingAdd(1, ordering: .relaxed) }
        }
        let count = noted.load(ordering: .relaxed)
        #expect(count > 1)
        // What was cancelled on the way counts as a run.
        #expect((runs(booth)[.partial] ?? 0) >= count)
        #expect(runs(booth)[.ahead] == nil)
    }

    @Test func aFinalBeforeItsEndpointHasAPurposeOfItsOwn() async throws {
        let booth = try Booth()
        try await play(booth) { $0.decodesAhead = true }
        #expect((runs(booth)[.ahead] ?? 0) > 0)
        #expect(runs(booth)[.partial] == nil)
    }
}
