import Dispatch
import STTInference
import STTValues
import Synchronization
import TestSupport
import Testing

@testable import STTRecognition

/// Features of another front end, utterance by utterance.
@Suite struct FeatureTapTests {
    @Test(arguments: [160, 1_601, 1 << 20])
    func everyFrameOfTheOtherFrontEndComesOnceWithItsFinal(blockLength: Int) async throws {
        let booth = try Booth()
        let taken = Mutex<[(segment: Segment, window: FeatureWindow)]>([])
        let stream = booth.stream {
            $0.tap = FeatureTap(LogMel(precision: .bfloat16)) { segment, window in
                taken.withLock { $0.append((segment, window)) }
            }
        }
        let samples = try Recording.samples("12_long_pauses.wav")
        let events = try await mustEnd {
            async let feeding: Void = {
                for start in stride(from: 0, to: samples.count, by: blockLength) {
                    try await stream.append(Array(samples[start..<min(start + blockLength, samples.count)]))
                }
                try await stream.finish()
            }()
            let events = try await stream.rest()
            try await feeding
            return events
        }
        let finals = events.compactMap { if case .final(let segment) = $0 { segment } else { nil } }
        #expect(finals.count > 1 && taken.withLock { $0.map(\.segment) } == finals)
        var frontEnd = LogMel(precision: .bfloat16)
        #expect(taken.withLock { $0.flatMap(\.window.values) } == frontEnd.append(samples).values)
    }

    /// The features of the last final are there when it can be read, however late the thread is that decided it.
    @Test func aFinalIsReadAfterItsFeaturesWereTaken() async throws {
        let (booth, isRead) = (try Booth(), DispatchSemaphore(value: 0))
        let wasReadBefore = Mutex(false)
        let stream = booth.stream {
            $0.tap = FeatureTap(LogMel(precision: .bfloat16)) { segment, _ in
                // Nothing comes of this wait but its end, unless the order is wrong.
                guard segment.endpoint == .endOfInput else { return }
                let isWrong = isRead.wait(timeout: .now() + .milliseconds(200)) == .success
                wasReadBefore.withLock { $0 = isWrong }
            }
        }
        try await mustEnd {
            try await stream.append(try Recording.samples("01_commands.wav"))
            try await stream.finish()
            while !stream.isOver {
                if case .final(let segment) = try stream.poll()?.event, segment.endpoint == .endOfInput {
                    isRead.signal()
                }
                await Task.yield()
            }
        }
        #expect(!wasReadBefore.withLock { $0 })
    }
}
