/// Writes the few kinds of ONNX graphs that tests need, as protobuf.
///
/// Field numbers are those of onnx.proto3; IR version 8, opset 17, as in the published models.
struct OnnxFile {
    enum Element: Int { case float32 = 1, int64 = 7 }

    enum Axis {
        case fixed(Int)
        case open(String)
    }

    enum Attribute {
        case integers(String, [Int])
        case integer(String, Int)
        case text(String, String)
    }

    private var nodes: [UInt8] = []
    private var weights: [UInt8] = []
    private var inputs: [UInt8] = []
    private var outputs: [UInt8] = []

    /// The whole file: ModelProto 1 ir_version, 7 graph, 8 opset_import; GraphProto 1 node, 2 name, 5 initializer,
    /// 11 input, 12 output.
    var bytes: [UInt8] {
        let graph = nodes + Self.text(2, "test") + weights + inputs + outputs
        return Self.integer(1, 8) + Self.message(7, graph) + Self.message(8, Self.integer(2, 17))
    }

    mutating func input(_ name: String, _ element: Element, _ axes: [Axis]) {
        inputs += Self.message(11, Self.port(name, element, axes))
    }

    mutating func output(_ name: String, _ element: Element, _ axes: [Axis]) {
        outputs += Self.message(12, Self.port(name, element, axes))
    }

    /// NodeProto 1 input, 2 output, 4 op_type, 5 attribute.
    mutating func node(_ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [Attribute] = []) {
        nodes += Self.message(
            1,
            inputs.flatMap { Self.text(1, $0) } + outputs.flatMap { Self.text(2, $0) } + Self.text(4, type)
                + attributes.flatMap { Self.message(5, Self.attribute($0)) })
    }

    /// TensorProto 1 dims, 2 data_type, 4 float_data, 8 name.
    mutating func weight(_ name: String, shape: [Int], _ values: [Float]) {
        let data = values.withUnsafeBytes { Array($0) }
        weights += Self.message(
            5,
            shape.flatMap { Self.integer(1, $0) } + Self.integer(2, Element.float32.rawValue) + Self.message(4, data)
                + Self.text(8, name))
    }

    /// TensorProto 7 int64_data.
    mutating func weight(_ name: String, shape: [Int], _ values: [Int]) {
        weights += Self.message(
            5,
            shape.flatMap { Self.integer(1, $0) } + Self.integer(2, Element.int64.rawValue)
                + Self.message(7, values.flatMap(Self.varint)) + Self.text(8, name))
    }

    /// ValueInfoProto 1 name, 2 type; TypeProto 1 tensor_type; Tensor 1 elem_type, 2 shape; Dimension 1 value, 2 name.
    private static func port(_ name: String, _ element: Element, _ axes: [Axis]) -> [UInt8] {
        let shape = axes.flatMap { axis in
            switch axis {
            case .fixed(let size): message(1, integer(1, size))
            case .open(let name): message(1, text(2, name))
            }
        }
        return text(1, name) + message(2, message(1, integer(1, element.rawValue) + message(2, shape)))
    }

    /// AttributeProto 1 name, 3 i, 4 s, 8 ints, 20 type; types 2 = INT, 3 = STRING, 7 = INTS.
    private static func attribute(_ attribute: Attribute) -> [UInt8] {
        switch attribute {
        case .integers(let name, let values):
            text(1, name) + values.flatMap { integer(8, $0) } + integer(20, 7)
        case .integer(let name, let value): text(1, name) + integer(3, value) + integer(20, 2)
        case .text(let name, let value): text(1, name) + text(4, value) + integer(20, 3)
        }
    }

    private static func integer(_ number: Int, _ value: Int) -> [UInt8] { varint(number << 3) + varint(value) }
    private static func text(_ number: Int, _ value: String) -> [UInt8] { message(number, Array(value.utf8)) }
    private static func message(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(content.count) + content
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var rest = UInt64(bitPattern: Int64(value))
        var bytes: [UInt8] = []
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
