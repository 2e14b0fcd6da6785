import Foundation

/// The value of an attribute of a node.
package enum ONNXAttribute: Sendable {
    case integer(Int64)
    case float(Float)
    case text(String)
    case tensor(ONNXTensor)
    case integers([Int64])
    case floats([Float])
    case texts([String])
    /// A graph, a sparse tensor, or of a kind that came later.
    case other

    /// AttributeProto: 1 name, 20 type; 2 f, 3 i, 4 s, 5 t, 7 floats, 8 ints, 9 strings.
    static func named(
        _ message: Data, _ budget: inout PartBudget
    ) throws(ONNXFileError) -> (String, ONNXAttribute) {
        var name = ""
        var type: Int64?
        var value: ONNXAttribute?
        var lists = Lists()
        var reader = WireReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.text()
            case 20: type = try field.integer()
            case 2:
                guard case .fourBytes(let bits) = field.content else { throw field.mismatch }
                value = .float(Float(bitPattern: bits))
            case 3: value = .integer(try field.integer())
            // Not all texts are UTF-8: some nodes keep bytes in them.
            case 4: value = .text(String(decoding: try field.bytes(), as: UTF8.self))
            case 5: value = .tensor(try ONNXTensor(field.bytes()))
            case 7, 8, 9: try lists.add(field, &budget)
            default: break
            }
        }
        return (name, value ?? lists.value(ofType: type))
    }

    /// The repeated fields, which may be empty: then only the type tells what they are.
    private struct Lists {
        var floats: [Float] = []
        var integers: [Int64] = []
        var texts: [String] = []

        mutating func add(_ field: WireReader.Field, _ budget: inout PartBudget) throws(ONNXFileError) {
            switch field.number {
            case 7:
                for value in try field.floats() {
                    try budget.spend()
                    floats.append(value)
                }
            case 8:
                var (values, left) = (integers, budget)
                try field.integers { value throws(ONNXFileError) in
                    try left.spend()
                    values.append(value)
                }
                (integers, budget) = (values, left)
            default:
                try budget.spend()
                texts.append(String(decoding: try field.bytes(), as: UTF8.self))
            }
        }

        /// AttributeProto.AttributeType: 2 INT, 3 STRING, 6 FLOATS, 7 INTS, 8 STRINGS. A value of zero may be left out.
        func value(ofType type: Int64?) -> ONNXAttribute {
            switch type {
            case 1: .float(0)
            case 2: .integer(0)
            case 3: .text("")
            case 6: .floats(floats)
            case 7: .integers(integers)
            case 8: .texts(texts)
            default: .other
            }
        }
    }
}
