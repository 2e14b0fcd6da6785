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
        let graph = try LoadedGraph(url, options: .init(), in: environment)
        let names = Set(graph.session.inputs.map(\.name))
        guard names == ["input", "state", "sr"], graph.session.outputs.count == 2 else { throw graph.foreign }
        session = graph.session
        sampleRate = try Tensor(shape: [], of: Int64.self, in: environment) { $0[0] = 16_000 }
    }

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
        do {
            let outputs = try session.run(arguments)
            return (try outputs[0].withElements(of: Float.self) { $0.first ?? 0 }, outputs[1])
        } catch {
            throw GigaSTTError(.inferenceFailed, "The voice activity model failed.", detail: error.detail)
        }
    }
}
