import COnnxRuntime

/// Steps of `OrtSession.init`.
extension OrtSession {
    static func makeOptions(_ options: SessionOptions, _ library: OrtLibrary) throws(OrtError) -> OpaquePointer {
        let api = library.api
        let handle = try library.make { api.pointee.CreateSessionOptions(&$0) }
        do throws(OrtError) {
            // GraphOptimizationLevel ORT_ENABLE_ALL.
            try library.check(api.pointee.SetSessionGraphOptimizationLevel(handle, 99))
            try library.check(api.pointee.SetIntraOpNumThreads(handle, Int32(clamping: options.intraOpThreads)))
            try library.check(api.pointee.SetInterOpNumThreads(handle, 1))
            if let path = options.optimizedModel {
                try library.check(api.pointee.SetOptimizedModelFilePath(handle, path))
            }
            try options.provider.append(to: handle, of: library)
            for (name, value) in options.settings {
                try library.check(api.pointee.AddSessionConfigEntry(handle, name, value))
            }
        } catch {
            api.pointee.ReleaseSessionOptions(handle)
            throw error
        }
        return handle
    }

    typealias PortCount = (OpaquePointer?, UnsafeMutablePointer<Int>?) -> OpaquePointer?
    typealias PortName =
        (OpaquePointer?, Int, OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> OpaquePointer?
    typealias PortType = (OpaquePointer?, Int, UnsafeMutablePointer<OpaquePointer?>?) -> OpaquePointer?

    static func ports(
        _ session: OpaquePointer, _ environment: OrtEnvironment, count: PortCount, name: PortName, type: PortType
    ) throws(OrtError) -> [TensorInfo] {
        let library = environment.library
        let api = library.api
        var total = 0
        try library.check(count(session, &total))
        var ports: [TensorInfo] = []
        for index in 0..<total {
            var cName: UnsafeMutablePointer<CChar>?
            try library.check(name(session, index, environment.allocator, &cName))
            defer { _ = api.pointee.AllocatorFree(environment.allocator, cName) }
            let typeInfo = try library.make { type(session, index, &$0) }
            defer { api.pointee.ReleaseTypeInfo(typeInfo) }
            var tensorInfo: OpaquePointer?  // borrowed from typeInfo; nil when it is no tensor
            try library.check(api.pointee.CastTypeInfoToTensorInfo(typeInfo, &tensorInfo))
            let (elementType, shape) =
                try tensorInfo.map { info throws(OrtError) in
                    try library.typeAndShape(of: info)
                } ?? (.undefined, [])
            ports.append(
                TensorInfo(
                    name: cName.map { String(cString: $0) } ?? "", elementType: elementType, shape: shape))
        }
        return ports
    }
}
