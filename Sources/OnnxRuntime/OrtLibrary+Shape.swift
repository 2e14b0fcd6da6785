import COnnxRuntime

extension OrtLibrary {
    /// Reads element type and shape; free axes come out as −1.
    func typeAndShape(of info: OpaquePointer) throws(OrtError) -> (TensorElementType, [Int]) {
        var type: Int32 = 0
        var rank = 0
        try check(api.pointee.GetTensorElementType(info, &type))
        try check(api.pointee.GetDimensionsCount(info, &rank))
        var axes = [Int64](repeating: 0, count: rank)
        try check(api.pointee.GetDimensions(info, &axes, rank))
        return (TensorElementType(rawValue: type) ?? .undefined, axes.map(Int.init))
    }
}
