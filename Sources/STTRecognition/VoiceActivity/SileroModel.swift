import Foundation
import OnnxRuntime
import STTValues

/// The graph of Silero VAD v5: `input` [1, 576], `state` [2, 1, 128], `sr` → probability [1, 1], next state.
struct SileroModel: Sendable {
    private let environment: OrtEnvironment
    private let session: OrtSession
    private let sampleRate: Tensor

    init(contentsOf url: URL) throws {
        do {
            environment = try OrtEnvironment.shared()
        } catch {
            throw GigaSTTError(.runtimeMissing, error.message, detail: error.detail)
        }
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw GigaSTTError(
                .modelMissing,
                "\(url.lastPathComponent) is missing. Run `gigastt download --vad`, or leave out --vad.",
                detail: url.path)
        }
        let name = url.lastPathComponent
        do {
            session = try LoadedGraph(url, options: .init(), in: environment).session
        } catch {
            throw GigaSTTError(
                error.code, "\(name) is not a complete ONNX model. \(Self.remedy)", detail: error.detail)
        }
        func foreign(_ reason: String) -> GigaSTTError {
            GigaSTTError(
                .modelUnsupported, "\(name) is no Silero VAD model of version 5. \(Self.remedy)", detail: reason)
        }
        guard Set(session.inputs.map(\.name)) == ["input", "state", "sr"], session.outputs.count == 2 else {
            throw foreign("\(url.path): inputs \(session.inputs), outputs \(session.outputs)")
        }
        sampleRate = try Tensor(shape: [], of: Int64.self, in: environment) { $0[0] = 16_000 }
        // A graph of other shapes shows when it is run.
        do {
            _ = try run([Float](repeating: 0, count: SileroActivity.inputLength), state: initialState())
        } catch let error as GigaSTTError {
            throw foreign("\(url.path): \(error.detail)")
        }
    }

    private static let remedy = "Run `gigastt download --vad` to get it again, or leave out --vad."

    func initialState() throws(OrtError) -> Tensor {
        try Tensor(shape: [2, 1, 128], of: Float.self, in: environment) { _ in }
    }

    func run(_ samples: [Float], state: Tensor) throws -> (probability: Float, state: Tensor) {
        let input = try Tensor(shape: [1, samples.count], of: Float.self, in: environment) {
            _ = $0.update(fromContentsOf: samples)
        }
        let arguments = session.inputs.map { port in
            switch port.name {
            case "input": input
            case "state": state
            default: sampleRate
            }
        }
        let probability: Float
        let next: Tensor
        do {
            let outputs = try session.run(arguments)
            probability = try outputs[0].withElements(of: Float.self) { $0.first ?? .nan }
            next = outputs[1]
        } catch {
            throw Self.failure(error.detail)
        }
        guard probability.isFinite else { throw Self.failure("its probability is \(probability)") }
        return (probability, next)
    }

    private static func failure(_ detail: String) -> GigaSTTError {
        GigaSTTError(.inferenceFailed, "The voice activity model failed.", detail: detail)
    }
}
