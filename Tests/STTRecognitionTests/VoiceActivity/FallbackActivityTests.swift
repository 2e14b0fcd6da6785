import STTValues
import Synchronization
import TestSupport
import Testing

@testable import STTRecognition

/// A voice activity model that fails while it runs.
@Suite struct FallbackActivityTests {
    /// Answers two frames late, and fails at a frame.
    private struct Late: VoiceActivity {
        let failure: any Error
        let lastFrame: Int
        var frameCount = 0
        var decided = 0

        func runsModel(appending sampleCount: Int?) -> Bool { true }
        mutating func append(_ samples: [Float], levels: [Float]) throws -> [Float] {
            frameCount += levels.count
            if frameCount > lastFrame { throw failure }
            let count = max(0, frameCount - 2 - decided)
            decided += count
            return [Float](repeating: 0.25, count: count)
        }
        mutating func finish() throws -> [Float] { [Float](repeating: 0.25, count: frameCount - decided) }
    }

    private struct Fault: Error {}

    private let item = Result { try Recording.samples("01_commands.wav") }

    /// The probabilities of a recording in blocks of 100 ms, and the failures that were reported.
    private func answers(failingAt lastFrame: Int, with failure: any Error) throws -> ([Float], [GigaSTTError]) {
        let reports = Mutex<[GigaSTTError]>([])
        let first = FirstFailure("The model failed.") { error in reports.withLock { $0.append(error) } }
        var activity: any VoiceActivity = FallbackActivity(Late(failure: failure, lastFrame: lastFrame), failure: first)
        var other = activity
        var logMel = LogMel()
        var answers: [Float] = []
        let samples = try item.get()
        for start in stride(from: 0, to: samples.count, by: 1_600) {
            let block = Array(samples[start..<min(start + 1_600, samples.count)])
            let levels = logMel.append(block).levels
            answers += try activity.append(block, levels: levels)
            _ = try other.append(block, levels: levels)
        }
        return (try answers + activity.finish(), reports.withLock { $0 })
    }

    @Test func theEnergyDecidesFromTheFirstFrameWithoutAnAnswer() throws {
        let samples = try item.get()
        var (logMel, energy) = (LogMel(), EnergyActivity())
        let expected = energy.append(samples, levels: logMel.append(samples).levels)
        let (answers, reports) = try answers(failingAt: 100, with: Fault())
        #expect(answers.count == expected.count)
        let decided = try #require(answers.firstIndex { $0 != 0.25 })
        #expect((80...98).contains(decided))
        #expect(Array(answers[98...]) == Array(expected[98...]))
        #expect(expected.contains { $0 >= 0.5 })
        // Two streams of one model failed.
        #expect(reports.count == 1 && reports[0].code == .inferenceFailed && reports[0].message == "The model failed.")
        #expect(reports[0].detail.contains("Fault"))
    }

    @Test func aModelThatWorksDecides() throws {
        let (answers, reports) = try answers(failingAt: .max, with: Fault())
        #expect(answers.allSatisfy { $0 == 0.25 } && reports.isEmpty)
        #expect(answers.count == ModelGeometry.gigaAM.featureFrames(samples: try item.get().count))
    }

    @Test func cancellationIsNoFailureOfTheModel() throws {
        #expect(throws: CancellationError.self) { try answers(failingAt: 100, with: CancellationError()) }
    }

    @Test func theRecordingIsRecognisedWithoutTheModel() async throws {
        let booth = try Booth()
        let plain = try await finals(booth.stream())
        let broken = booth.stream {
            $0.voiceActivity = FallbackActivity(
                ScriptedActivity { _ in throw GigaSTTError(.inferenceFailed, "Broken.") },
                failure: FirstFailure("The model failed.", report: nil))
        }
        #expect(try await finals(broken) == plain && !plain.joined().isEmpty)
    }

    private func finals(_ stream: RecognitionStream) async throws -> [String] {
        let samples = try item.get()
        return try await mustEnd {
            async let feeding: Void = {
                try await stream.append(samples)
                try await stream.finish()
            }()
            let events = try await stream.rest()
            try await feeding
            return events.compactMap { event in if case .final(let segment) = event { segment.text } else { nil } }
        }
    }
}
