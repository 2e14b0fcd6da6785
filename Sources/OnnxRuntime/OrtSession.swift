import COnnxRuntime

/// A loaded model.
package final class OrtSession {
    private let environment: OrtEnvironment
    private let handle: OpaquePointer
    private let inputNames: CStringList
    private let outputNames: CStringList
    /// The inputs in the order in which `run` takes them.
    package let inputs: [TensorInfo]
    /// The outputs in the order in which `run` returns them.
    package let outputs: [TensorInfo]

    /// Where a model comes from.
    package enum Source: Sendable {
        /// A file; external weights are looked up beside it.
        case file(String)
        /// A whole model in memory.
        case bytes([UInt8])
    }

    /// Loads and optimises a model. Cost: for 225 MB of weights, a few hundred milliseconds.
    ///
    /// Throws `fileMissing`, `modelInvalid`, `runFailed`.
    package init(
        _ source: Source, options: SessionOptions = .init(), in environment: OrtEnvironment
    ) throws(OrtError) {
        let library = environment.library
        let api = library.api
        let cOptions = try Self.makeOptions(options, library)
        defer { api.pointee.ReleaseSessionOptions(cOptions) }
        let handle = try library.make { out in
            switch source {
            case .file(let path): api.pointee.CreateSession(environment.handle, path, cOptions, &out)
            case .bytes(let bytes):
                api.pointee.CreateSessionFromArray(environment.handle, bytes, bytes.count, cOptions, &out)
            }
        }
        do throws(OrtError) {
            inputs = try Self.ports(
                handle, environment, count: api.pointee.SessionGetInputCount,
                name: api.pointee.SessionGetInputName, type: api.pointee.SessionGetInputTypeInfo)
            outputs = try Self.ports(
                handle, environment, count: api.pointee.SessionGetOutputCount,
                name: api.pointee.SessionGetOutputName, type: api.pointee.SessionGetOutputTypeInfo)
        } catch {
            api.pointee.ReleaseSession(handle)
            throw error
        }
        inputNames = CStringList(inputs.map(\.name))
        outputNames = CStringList(outputs.map(\.name))
        self.handle = handle
        self.environment = environment
    }

    deinit { environment.library.api.pointee.ReleaseSession(handle) }

    /// Runs the model; arguments and results are in the order of `inputs` and `outputs`. Blocks until it is done.
    ///
    /// Throws `cancelled` when `cancellation` stopped it, `runFailed` otherwise.
    package func run(_ arguments: [Tensor], cancellation: RunCancellation? = nil) throws(OrtError) -> [Tensor] {
        guard arguments.count == inputs.count else {
            throw OrtError(.runFailed, "A model takes another number of inputs than it was given.")
        }
        if let cancellation, cancellation.isCancelled { throw OrtError.cancelledRun }
        let library = environment.library
        let values: [OpaquePointer?] = arguments.map(\.value)
        var results = [OpaquePointer?](repeating: nil, count: outputs.count)
        // The arguments own the memory that the C call reads.
        let status = withExtendedLifetime(arguments) {
            library.api.pointee.Run(
                handle, cancellation?.handle, inputNames.pointers, values, values.count,
                outputNames.pointers, results.count, &results)
        }
        do throws(OrtError) {
            try library.check(status)
        } catch {
            throw cancellation?.isCancelled == true ? OrtError.cancelledRun : error
        }
        return try Self.adopt(results, library)
    }

    /// Adopts every output before the first failure is thrown, so that none leaks.
    private static func adopt(_ results: [OpaquePointer?], _ library: OrtLibrary) throws(OrtError) -> [Tensor] {
        let adopted = results.map { value -> Result<Tensor, OrtError> in
            guard let value else { return .failure(OrtError(.runFailed, "A model's output is missing.")) }
            return Result { () throws(OrtError) in try Tensor(adopting: value, library: library) }
        }
        var tensors: [Tensor] = []
        for result in adopted { tensors.append(try result.get()) }
        return tensors
    }
}

// All members are set once, in `init`.
// Proof: the C interface allows `Run` on one session from any number of threads at once.
extension OrtSession: @unchecked Sendable {}

extension OrtError {
    static var cancelledRun: OrtError { OrtError(.cancelled, "The recognition was cancelled.") }
}
