import Foundation
import OnnxRuntime
import STTValues

/// One ONNX file after loading, with the checks that every model makes of it.
struct LoadedGraph {
    let environment: OrtEnvironment
    let session: OrtSession
    private let name: String

    /// No axis that we allocate by is larger: a file cannot ask for absurd amounts of memory.
    private static let largestAxis = 1 << 16

    init(_ url: URL, options: SessionOptions, in environment: OrtEnvironment) throws(GigaSTTError) {
        self.environment = environment
        name = url.lastPathComponent
        do throws(OrtError) {
            session = try OrtSession(.file(url.path), options: options, in: environment)
        } catch {
            if error.code == .providerMissing {
                throw GigaSTTError(.providerMissing, error.message, detail: error.detail)
            }
            throw GigaSTTError(
                .modelDamaged,
                "\(name) is not a complete ONNX model. Run `gigastt download` to get it again.",
                detail: "\(url.path): \(error.detail)")
        }
    }

    enum Port {
        case floats(rank: Int)
        case integers(rank: Int)

        func admits(_ port: TensorInfo) -> Bool {
            switch self {
            case .floats(let rank): port.elementType == .float32 && port.shape.count == rank
            case .integers(let rank):
                [.int32, .int64].contains(port.elementType) && port.shape.count == rank
            }
        }
    }

    /// Checks number, types and ranks of the graph's inputs and outputs.
    func require(inputs: [Port], outputs: [Port]) throws(GigaSTTError) {
        let fits =
            session.inputs.count == inputs.count && session.outputs.count >= outputs.count
            && zip(inputs, session.inputs).allSatisfy { $0.admits($1) }
            && zip(outputs, session.outputs).allSatisfy { $0.admits($1) }
        guard fits else { throw foreign }
    }

    /// The size of an axis; `nil` when the graph leaves it open.
    func size(ofAxis axis: Int, of port: TensorInfo) throws(GigaSTTError) -> Int? {
        let size = port.shape[axis]
        guard size <= Self.largestAxis, size != 0 else { throw foreign }
        return size < 0 ? nil : size
    }

    /// The size of an axis that must be fixed.
    func fixedSize(ofAxis axis: Int, of port: TensorInfo) throws(GigaSTTError) -> Int {
        guard let size = try size(ofAxis: axis, of: port) else { throw foreign }
        return size
    }

    var foreign: GigaSTTError {
        GigaSTTError(
            .modelUnsupported,
            "\(name) is an ONNX model, but not the part of a GigaAM model that its name says. "
                + "Run `gigastt download` to get it again.",
            detail: "inputs \(session.inputs), outputs \(session.outputs)")
    }
}
