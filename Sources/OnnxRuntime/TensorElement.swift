/// Element types of tensors; raw values are those of ONNX (`TensorProto.DataType`).
package enum TensorElementType: Int32, Sendable {
    /// Not a tensor, or a type we do not know.
    case undefined = 0
    /// `Float`
    case float32 = 1
    /// `UInt8`
    case uint8 = 2
    /// `Int8`
    case int8 = 3
    /// `Int32`
    case int32 = 6
    /// `Int64`
    case int64 = 7
    /// `Bool`
    case bool = 9
    /// Half precision
    case float16 = 10
    /// `Double`
    case float64 = 11
}

/// A Swift type that can be stored in a tensor. `BitwiseCopyable` makes raw copies of it sound.
package protocol TensorElement: BitwiseCopyable, Sendable {
    /// The matching element type of ONNX.
    static var tensorElementType: TensorElementType { get }
}

extension Float: TensorElement {
    /// 32-bit floating point.
    package static var tensorElementType: TensorElementType { .float32 }
}
extension Int64: TensorElement {
    /// 64-bit integers.
    package static var tensorElementType: TensorElementType { .int64 }
}
extension Int32: TensorElement {
    /// 32-bit integers.
    package static var tensorElementType: TensorElementType { .int32 }
}
