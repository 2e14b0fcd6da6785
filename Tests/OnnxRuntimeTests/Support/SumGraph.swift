/// An ONNX file by hand: `sum = a + b`, all three `float32 [N]`, opset 13.
///
/// Field numbers are those of onnx.proto3: ModelProto 1 ir_version, 7 graph, 8 opset_import; GraphProto 1 node,
/// 2 name, 11 input, 12 output; NodeProto 1 input, 2 output, 4 op_type; ValueInfoProto 1 name, 2 type.
enum SumGraph {
    static let bytes: [UInt8] =
        integer(1, 8)
        + field(
            7,
            field(1, text(1, "a") + text(1, "b") + text(2, "sum") + text(4, "Add"))
                + text(2, "sum")
                + field(11, port("a")) + field(11, port("b")) + field(12, port("sum")))
        + field(8, integer(2, 13))

    /// A one-dimensional float32 tensor whose size is open (`dim_param` N).
    private static func port(_ name: String) -> [UInt8] {
        let shape = field(2, field(1, text(2, "N")))
        return text(1, name) + field(2, field(1, integer(1, 1) + shape))
    }

    private static func integer(_ number: UInt8, _ value: UInt8) -> [UInt8] { [number << 3, value] }
    private static func text(_ number: UInt8, _ value: String) -> [UInt8] { field(number, Array(value.utf8)) }
    /// A length-delimited field; everything here is shorter than 128 bytes.
    private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(content.count)] + content
    }
}
