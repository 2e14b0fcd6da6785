import Foundation
import OnnxRuntime
import Testing

@Suite struct SessionRunTests {
    private let environment: OrtEnvironment

    init() throws { environment = try .shared() }

    @Test func aSumIsTheSum() throws {
        let session = try OrtSession(.bytes(SumGraph.bytes), in: environment)
        let result = try session.run([
            .vector([1, -2, 0.5], in: environment), .vector([10, 2, 0.25], in: environment),
        ])
        #expect(result.count == 1)
        #expect(try result[0].floats() == [11, 0, 0.75])
        #expect(result[0].shape == [3])
        #expect(result[0].elementType == .float32)
    }

    @Test func anOutputWithoutElementsIsAnError() throws {
        let session = try OrtSession(.bytes(SumGraph.bytes), in: environment)
        let error = try #require(throws: OrtError.self) {
            try session.run([.vector([], in: environment), .vector([], in: environment)])
        }
        #expect(error.code == .runFailed)
        #expect(error.message.contains("empty"))
    }

    /// Two convolutions of stride 2: ⌈⌈T/2⌉/2⌉.
    @Test(arguments: [(1, 1), (4, 1), (5, 2), (99, 25), (249, 63), (399, 100)])
    func theEncoderGivesAQuarterOfTheFrames(features: Int, frames: Int) throws {
        let session = try OrtSession(ModelFile.builtIn("v3_rnnt_encoder.onnx"), in: environment)
        let result = try session.run([
            .zeros([1, 64, features], in: environment), .integers([Int64(features)], shape: [1], in: environment),
        ])
        #expect(result[0].shape == [1, 768, frames])
        #expect(try result[1].withElements(of: Int32.self) { Array($0) } == [Int32(frames)])
    }

    @Test func theJointGivesLogarithmsOfProbabilities() throws {
        let session = try OrtSession(ModelFile.builtIn("v3_rnnt_joint.onnx"), in: environment)
        let result = try session.run([
            .zeros([1, 768, 1], in: environment), .zeros([1, 320, 1], in: environment),
        ])
        let total = try result[0].floats().reduce(0) { $0 + exp(Double($1)) }
        #expect(abs(total - 1) < 1e-5)
    }

    /// LSTM: h = σ(o)·tanh(c), so |h| stays below 1 and below |tanh c|; the output is h.
    @Test func thePredictionNetworkAnswersWithItsHiddenState() throws {
        let session = try OrtSession(ModelFile.builtIn("v3_rnnt_decoder.onnx"), in: environment)
        let zeros = try Tensor.zeros([1, 1, 320], in: environment)
        let result = try session.run([.integers([33], shape: [1, 1], in: environment), zeros, zeros])
        let (output, hidden, cell) = try (result[0].floats(), result[1].floats(), result[2].floats())
        #expect(output == hidden)
        #expect(hidden.contains { $0 != 0 })
        #expect(zip(hidden, cell).allSatisfy { abs($0) <= abs(tanh($1)) + 1e-6 })
    }

    @Test(arguments: [0, 1, 3]) func anotherNumberOfInputsIsRefused(count: Int) throws {
        let session = try OrtSession(.bytes(SumGraph.bytes), in: environment)
        let arguments = try (0..<count).map { _ in try Tensor.vector([1], in: environment) }
        let error = try #require(throws: OrtError.self) { try session.run(arguments) }
        #expect(error.code == .runFailed)
        #expect(error.message.contains("number of inputs"))
    }

    @Test func inputsThatDoNotFitAreAnErrorOfTheRun() throws {
        let session = try OrtSession(.bytes(SumGraph.bytes), in: environment)
        let wrongType = try Tensor.integers([1], shape: [1], in: environment)
        let wrongRank = try Tensor.zeros([1, 1], in: environment)
        for other in [wrongType, wrongRank] {
            let error = try #require(throws: OrtError.self) {
                try session.run([.vector([1], in: environment), other])
            }
            #expect(error.code == .runFailed)
            #expect(!error.detail.isEmpty)
            #expect(!error.description.contains(error.detail))
        }
    }

    @Test func oneSessionServesManyTasksAtOnce() async throws {
        let environment = environment
        let session = try OrtSession(.bytes(SumGraph.bytes), in: environment)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for run in 0..<50 {
                        let (a, b) = (Float(task), Float(run))
                        let result = try session.run([
                            .vector([a, b, 1], in: environment), .vector([b, b, a], in: environment),
                        ])
                        guard try result[0].floats() == [a + b, b + b, 1 + a] else { return false }
                    }
                    return true
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
