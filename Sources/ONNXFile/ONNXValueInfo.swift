package import Foundation

/// What is fed to a model, or what it gives.
package struct ONNXValueInfo: Sendable {
    package private(set) var name = ""
    /// `TensorProto.DataType` of the elements; 0 when it is no tensor.
    package private(set) var elementType: Int64 = 0
    /// The port as it stands in the file, with the names of its axes.
    package let message: Data

    /// ValueInfoProto: 1 name, 2 type; TypeProto: 1 tensor_type; Tensor: 1 elem_type, 2 shape.
    package init(_ message: Data) throws(ONNXFileError) {
        self.message = message
        var reader = WireReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.text()
            case 2:
                guard let tensor = try Self.message(1, in: field.bytes()) else { continue }
                var axes = WireReader(tensor)
                while let field = try axes.next() {
                    if field.number == 1 { elementType = try field.integer() }
                }
            default: break
            }
        }
    }

    /// An axis of a new port.
    package enum Axis: Sendable {
        case fixed(Int)
        /// Any size, with a name.
        case open(String)

        /// Dimension: 1 dim_value, 2 dim_param.
        fileprivate var message: Data {
            var message = WireWriter()
            switch self {
            case .fixed(let size): message.integer(1, Int64(size))
            case .open(let name): message.text(2, name)
            }
            return message.bytes
        }
    }

    /// A new port of tensors.
    package init(_ name: String, elementType: Int64, axes: [Axis]) {
        (self.name, self.elementType) = (name, elementType)
        var (shape, tensor, type, message) = (WireWriter(), WireWriter(), WireWriter(), WireWriter())
        for axis in axes { shape.message(1, axis.message) }
        tensor.integer(1, elementType)
        tensor.message(2, shape.bytes)
        type.message(1, tensor.bytes)
        message.text(1, name)
        message.message(2, type.bytes)
        self.message = message.bytes
    }

    private static func message(_ number: Int, in message: Data) throws(ONNXFileError) -> Data? {
        var reader = WireReader(message)
        while let field = try reader.next() {
            if field.number == number { return try field.bytes() }
        }
        return nil
    }
}
