import COnnxRuntime

/// A loaded model.
package final class OrtSession {
    private let environment: OrtEnvironment
    private let handle: OpaquePointer
    private let inputNames: CStringList
    private let outputNames: CStringList
    private let boundMemory: BoundMemory?
    /// Whether runs bind their inputs and outputs in memory of the session.
    package var bindsPorts: Bool { boundMemory != nil }
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
        boundMemory = (options.boundMemory ?? options.provider.boundMemory).flatMap {
            BoundMemory(named: $0, of: handle, library)
        }
        self.handle = handle
        self.environment = environment
    }

    deinit {
        boundMemory?.release()
        environment.library.api.pointee.ReleaseSession(handle)
    }

    /// An input of a run, in the memory from which the session reads it fastest; as `Tensor.init` otherwise. It keeps the
    /// session.
    package func tensor<Element: TensorElement>(
        shape: [Int], of _: Element.Type = Element.self, isZeroed: Bool = true,
        fill: (UnsafeMutableBufferPointer<Element>) -> Void
    ) throws(OrtError) -> Tensor {
        guard let boundMemory else {
            return try Tensor(shape: shape, in: environment, isZeroed: isZeroed, fill: fill)
        }
        let axes = shape.map(Int64.init)
        let library = environment.library
        let value = try library.make {
            library.api.pointee.CreateTensorAsOrtValue(
                boundMemory.allocator, axes, axes.count, Element.tensorElementType.rawValue, &$0)
        }
        return try Tensor(adopting: value, library: library, owner: self, isZeroed: isZeroed, fill: fill)
    }

    /// Runs the model; arguments and results are in the order of `inputs` and `outputs`. Blocks until it is done.
    ///
    /// Throws `cancelled` when `cancellation` stopped it, `runFailed` otherwise.
    package func run(_ arguments: [Tensor], cancellation: RunCancellation? = nil) throws(OrtError) -> [Tensor] {
        guard arguments.count == inputs.count else {
            throw OrtError(.runFailed, "A model takes another number of inputs than it was given.")
        }
        if let cancellation, cancellation.isCancelled { throw OrtError.cancelledRun }
        do throws(OrtError) {
            if let boundMemory { return try runBound(arguments, in: boundMemory, cancellation) }
            return try runUnbound(arguments, cancellation)
        } catch {
            throw cancellation?.isCancelled == true ? OrtError.cancelledRun : error
        }
    }

    private func runUnbound(_ arguments: [Tensor], _ cancellation: RunCancellation?) throws(OrtError) -> [Tensor] {
        let library = environment.library
        let values: [OpaquePointer?] = arguments.map(\.value)
        var results = [OpaquePointer?](repeating: nil, count: outputs.count)
        // The arguments own the memory that the C call reads.
        let status = withExtendedLifetime(arguments) {
            library.api.pointee.Run(
                handle, cancellation?.handle, inputNames.pointers, values, values.count,
                outputNames.pointers, results.count, &results)
        }
        try library.check(status)
        return try Self.adopt(results, library)
    }

    /// A binding is of one run: the runtime copies an input to the device when it is bound, so in a later run of the same
    /// binding the device would see what it was. The memory of results is that of their tensors; the session's allocator
    /// gives it to another run when they are gone.
    private func runBound(
        _ arguments: [Tensor], in memory: BoundMemory, _ cancellation: RunCancellation?
    ) throws(OrtError) -> [Tensor] {
        let library = environment.library
        let api = library.api
        let binding = try library.make { api.pointee.CreateIoBinding(handle, &$0) }
        defer { api.pointee.ReleaseIoBinding(binding) }
        for (name, argument) in zip(inputNames.pointers, arguments) {
            try library.check(api.pointee.BindInput(binding, name, argument.value))
        }
        for name in outputNames.pointers {
            try library.check(api.pointee.BindOutputToDevice(binding, name, memory.info))
        }
        try library.check(api.pointee.SynchronizeBoundInputs(binding))
        // The arguments own the memory that the C call reads.
        let status = withExtendedLifetime(arguments) {
            api.pointee.RunWithBinding(handle, cancellation?.handle, binding)
        }
        try library.check(status)
        try library.check(api.pointee.SynchronizeBoundOutputs(binding))
        var values: UnsafeMutablePointer<OpaquePointer?>?
        var count = 0
        try library.check(api.pointee.GetBoundOutputValues(binding, environment.allocator, &values, &count))
        defer { _ = api.pointee.AllocatorFree(environment.allocator, values) }
        return try Self.adopt(Array(UnsafeBufferPointer(start: values, count: count)), library, owner: self)
    }

    /// Adopts every output before the first failure is thrown, so that none leaks.
    private static func adopt(
        _ results: [OpaquePointer?], _ library: OrtLibrary, owner: OrtSession? = nil
    ) throws(OrtError) -> [Tensor] {
        let adopted = results.map { value -> Result<Tensor, OrtError> in
            guard let value else { return .failure(OrtError(.runFailed, "A model's output is missing.")) }
            return Result { () throws(OrtError) in try Tensor(adopting: value, library: library, owner: owner) }
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
