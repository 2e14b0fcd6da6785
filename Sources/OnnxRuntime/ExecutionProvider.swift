import COnnxRuntime

/// The hardware, and the library for it, that runs the operators of a model.
package enum ExecutionProvider: String, Sendable, Hashable, CaseIterable {
    /// The processor: every ONNX Runtime has it.
    case cpu
    /// NVIDIA's graphics processors: a build of ONNX Runtime of its own.
    case cuda
    /// The neural and graphics processors of Apple's machines.
    case coreML = "coreml"

    /// The name by which the runtime lists it.
    var runtimeName: String {
        switch self {
        case .cpu: "CPUExecutionProvider"
        case .cuda: "CUDAExecutionProvider"
        case .coreML: "CoreMLExecutionProvider"
        }
    }

    /// The memory in which a session of it binds inputs and outputs, by the runtime's name; `nil` when runs need no binding.
    ///
    /// What CUDA copies from and to pinned memory of the host goes without a copy of the driver's own.
    var boundMemory: String? { self == .cuda ? "CudaPinned" : nil }

    /// Makes a session run on this provider first; the processor runs what it cannot.
    ///
    /// Throws `providerMissing` when the library lacks it, or it finds no hardware or drivers.
    func append(to options: OpaquePointer, of library: OrtLibrary) throws(OrtError) {
        if self == .cpu { return }
        let available = try library.availableProviders()
        guard available.contains(runtimeName) else {
            throw missing("\(library.path), version \(library.version), has \(available.joined(separator: ", "))")
        }
        do throws(OrtError) {
            try enable(on: options, of: library)
        } catch {
            throw missing(error.detail)
        }
    }

    /// The call itself: the runtime refuses what it was not built for.
    func enable(on options: OpaquePointer, of library: OrtLibrary) throws(OrtError) {
        let api = library.api
        switch self {
        case .cpu: break
        case .cuda:
            let settings = try library.make { api.pointee.CreateCUDAProviderOptions(&$0) }
            defer { api.pointee.ReleaseCUDAProviderOptions(settings) }
            try library.check(api.pointee.SessionOptionsAppendExecutionProvider_CUDA_V2(options, settings))
        case .coreML:
            try library.check(api.pointee.SessionOptionsAppendExecutionProvider(options, "CoreML", nil, nil, 0))
        }
    }

    private func missing(_ detail: String) -> OrtError {
        let advice =
            switch self {
            case .cpu: ""
            case .cuda:
                "Install the GPU build of ONNX Runtime with the CUDA and cuDNN libraries that it names, and set "
                    + "\(OrtLibrary.environmentVariable) to its libonnxruntime.so."
            case .coreML:
                "It exists on macOS only: install a build of ONNX Runtime that has it, and set "
                    + "\(OrtLibrary.environmentVariable) to its libonnxruntime.dylib."
            }
        return OrtError(
            .providerMissing, "This ONNX Runtime cannot run on \(rawValue). \(advice) Or run on cpu.", detail: detail)
    }
}

extension OrtLibrary {
    /// The execution providers that the library was built with, by its own names.
    package func availableProviders() throws(OrtError) -> [String] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var count: Int32 = 0
        try check(api.pointee.GetAvailableProviders(&names, &count))
        guard let names else { return [] }
        defer {
            if let status = api.pointee.ReleaseAvailableProviders(names, count) { api.pointee.ReleaseStatus(status) }
        }
        return (0..<Int(count)).compactMap { names[$0].map { String(cString: $0) } }
    }

    /// How the library was built, in its own words: revision, compiler, flags.
    package var buildDescription: String { api.pointee.GetBuildInfoString().map { String(cString: $0) } ?? "" }
}
