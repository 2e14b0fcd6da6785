import Dispatch
import Foundation
import Testing

@testable import OnnxRuntime

/// Bound inputs and outputs, in memory of the processor: the code is that of other memory.
@Suite struct BindingTests {
    private let environment: OrtEnvironment

    init() throws { environment = try .shared() }

    private func session(_ source: OrtSession.Source, memory: String? = "Cpu") throws -> OrtSession {
        var options = SessionOptions()
        options.boundMemory = memory
        return try OrtSession(source, options: options, in: environment)
    }

    private func vector(_ values: [Float], for session: OrtSession) throws -> Tensor {
        try session.tensor(shape: [values.count], of: Float.self) { _ = $0.update(fromContentsOf: values) }
    }

    /// Windows of one count of frames, each with other features.
    private func arguments(_ windows: Int, _ frames: Int, seed: Int, for session: OrtSession) throws -> [Tensor] {
        [
            try session.tensor(shape: [windows, 64, frames], of: Float.self) { target in
                for index in target.indices { target[index] = -9 + 5 * sin(Float((index + seed) % 10_007)) }
            },
            try session.tensor(shape: [windows], of: Int64.self) { $0.update(repeating: Int64(frames)) },
        ]
    }

    /// Shapes come back, with other values: what an earlier run left would show.
    @Test func boundRunsHaveTheBitsOfOthers() throws {
        let encoder = ModelFile.builtIn("v3_rnnt_encoder.onnx")
        let (plain, bound) = (try session(encoder, memory: nil), try session(encoder))
        #expect(!plain.bindsPorts && bound.bindsPorts)
        for (seed, shape) in [(1, 40), (2, 100), (1, 40), (1, 7), (2, 100), (1, 1), (1, 40)].enumerated() {
            let expected = try plain.run(arguments(shape.0, shape.1, seed: seed, for: plain))
            // In memory of the session, and in any other.
            for found in [bound, plain] {
                let result = try bound.run(arguments(shape.0, shape.1, seed: seed, for: found))
                #expect(result.map(\.shape) == expected.map(\.shape))
                #expect(try result[0].floats() == expected[0].floats())
                #expect(
                    try result[1].withElements(of: Int32.self) { Array($0) }
                        == expected[1].withElements(of: Int32.self) { Array($0) })
            }
        }
    }

    /// Results belong to who holds them, however many runs come after.
    @Test func aResultStaysAsItWas() throws {
        let session = try session(.bytes(SumGraph.bytes))
        let held = try (0..<50).map { number in
            try session.run([
                vector([Float](repeating: Float(number), count: 1_000), for: session),
                vector([Float](repeating: 1, count: 1_000), for: session),
            ])[0]
        }
        for (number, tensor) in held.enumerated() {
            #expect(try tensor.floats() == [Float](repeating: Float(number + 1), count: 1_000))
        }
    }

    @Test func aTensorKeepsItsSession() throws {
        var one: OrtSession? = try session(.bytes(SumGraph.bytes))
        weak let session = one
        var tensor: Tensor? = try vector([1, 2, 3], for: #require(one))
        one = nil
        #expect(session != nil)
        #expect(try tensor?.floats() == [1, 2, 3])
        tensor = nil
        #expect(session == nil)
    }

    @Test func inputsAreZeroBeforeTheyAreFilled() throws {
        let session = try session(.bytes(SumGraph.bytes))
        for _ in 0..<10 {
            _ = try vector([Float](repeating: 7, count: 300), for: session)
            let zeros = try session.tensor(shape: [300], of: Float.self) { _ in }
            #expect(try zeros.floats() == [Float](repeating: 0, count: 300))
        }
    }

    @Test func aRunThatFailsLeavesNothingToTheNext() throws {
        let session = try session(.bytes(SumGraph.bytes))
        let good = try [vector([1, 2], for: session), vector([10, 20], for: session)]
        let integers = try session.tensor(shape: [2], of: Int64.self) { $0.update(repeating: 1) }
        let matrix = try session.tensor(shape: [1, 2], of: Float.self) { _ in }
        let longer = try vector([1, 2, 3], for: session)
        for other in [integers, matrix, longer] {
            let error = try #require(throws: OrtError.self) { try session.run([good[0], other]) }
            #expect(error.code == .runFailed && !error.detail.isEmpty)
            #expect(try session.run(good)[0].floats() == [11, 22])
        }
        #expect(throws: OrtError.self) { try session.run([good[0]]) }
        #expect(throws: OrtError.self) { try session.run([vector([], for: session), vector([], for: session)]) }
        #expect(try session.run(good)[0].floats() == [11, 22])
    }

    @Test func aCancelledRunLeavesNothingToTheNext() throws {
        let session = try session(ModelFile.builtIn("v3_rnnt_encoder.onnx"))
        let (short, long) = (
            try arguments(1, 100, seed: 3, for: session), try arguments(24, 2_400, seed: 4, for: session)
        )
        let expected = try session.run(short)[0].floats()
        let cancellation = try RunCancellation(in: environment)
        let begun = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            begun.signal()
            cancellation.cancel()
        }
        begun.wait()
        // Before it began or while it was under way; the whole run takes seconds.
        let error = try #require(throws: OrtError.self) { try session.run(long, cancellation: cancellation) }
        #expect(error.code == .cancelled)
        #expect(try session.run(short)[0].floats() == expected)
    }

    /// The memory of another provider, as with a library that lacks it.
    @Test(arguments: ["CudaPinned", "nothing"]) func withoutSuchMemoryNothingIsBound(name: String) throws {
        guard try !environment.library.availableProviders().contains("CUDAExecutionProvider") else { return }
        let session = try session(.bytes(SumGraph.bytes), memory: name)
        #expect(!session.bindsPorts)
        #expect(try session.run([vector([1], for: session), vector([2], for: session)])[0].floats() == [3])
    }

    @Test func onlyCUDABindsByItself() {
        #expect(ExecutionProvider.allCases.map(\.boundMemory) == [nil, "CudaPinned", nil])
    }

    @Test func oneSessionServesManyTasksAtOnce() async throws {
        let session = try session(.bytes(SumGraph.bytes))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for run in 0..<50 {
                        let (a, b) = (Float(task), Float(run))
                        let values = try [[a, b, 1], [b, b, a]].map { values in
                            try session.tensor(shape: [3], of: Float.self) { _ = $0.update(fromContentsOf: values) }
                        }
                        guard try session.run(values)[0].floats() == [a + b, b + b, 1 + a] else { return false }
                    }
                    return true
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
