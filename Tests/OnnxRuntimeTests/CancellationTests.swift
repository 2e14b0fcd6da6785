import Dispatch
import OnnxRuntime
import Testing

@Suite struct CancellationTests {
    private let environment: OrtEnvironment

    init() throws { environment = try .shared() }

    @Test func aCancelledRunIsRefused() throws {
        let session = try OrtSession(.bytes(SumGraph.bytes), in: environment)
        let cancellation = try RunCancellation(in: environment)
        #expect(!cancellation.isCancelled)
        cancellation.cancel()
        cancellation.cancel()
        #expect(cancellation.isCancelled)
        let error = try #require(throws: OrtError.self) {
            try session.run([.vector([1], in: environment), .vector([1], in: environment)], cancellation: cancellation)
        }
        #expect(error.code == .cancelled)
    }

    @Test func aRunThatIsNotCancelledIsNotDisturbed() throws {
        let session = try OrtSession(.bytes(SumGraph.bytes), in: environment)
        let cancellation = try RunCancellation(in: environment)
        for _ in 0..<3 {
            let result = try session.run(
                [.vector([1], in: environment), .vector([1], in: environment)], cancellation: cancellation)
            #expect(try result[0].floats() == [2])
        }
    }

    /// The long run takes some hundred times as long as the short one, after which it is cancelled. Should its
    /// thread have been kept waiting for so long that it had not begun, another attempt is made.
    @Test func cancellationEndsARunThatIsUnderWay() throws {
        let session = try OrtSession(ModelFile.builtIn("v3_rnnt_encoder.onnx"), in: environment)
        let short = try arguments(batch: 1, frames: 1000)
        let long = try arguments(batch: 24, frames: 2400)
        var wasUnderWay = false
        for _ in 0..<20 where !wasUnderWay {
            let cancellation = try RunCancellation(in: environment)
            let begun = DispatchSemaphore(value: 0)
            let ended = DispatchSemaphore(value: 0)
            let outcome = Outcome()
            DispatchQueue.global().async {
                begun.signal()
                outcome.measure { () throws(OrtError) in _ = try session.run(long, cancellation: cancellation) }
                ended.signal()
            }
            begun.wait()
            let shortTime = try ContinuousClock().measure { _ = try session.run(short) }
            cancellation.cancel()
            ended.wait()
            #expect(outcome.error?.code == .cancelled)
            wasUnderWay = outcome.duration >= shortTime / 2
        }
        #expect(wasUnderWay)
        // The session is as good as before.
        #expect(try session.run(short)[0].shape == [1, 768, 250])
    }

    private func arguments(batch: Int, frames: Int) throws -> [Tensor] {
        [
            try .zeros([batch, 64, frames], in: environment),
            try .integers(Array(repeating: Int64(frames), count: batch), shape: [batch], in: environment),
        ]
    }

    // Proof: written by one thread before it signals, read by the other after it waited.
    private final class Outcome: @unchecked Sendable {
        var error: OrtError?
        var duration = Duration.zero

        func measure(_ body: () throws(OrtError) -> Void) {
            let start = ContinuousClock.now
            do throws(OrtError) { try body() } catch { self.error = error }
            duration = ContinuousClock.now - start
        }
    }
}
