import Foundation

extension ONNXTensor {
    /// The elements of a tensor of 32-bit floats, in row-major order.
    ///
    /// Throws `wrongType`; `malformed` when there are more or fewer than the shape says.
    package func floats() throws(ONNXFileError) -> [Float] {
        guard elementType == 1 else { throw wrongType("32-bit floats") }
        let values: [Float]
        if let rawBytes {
            guard rawBytes.count.isMultiple(of: 4) else { throw wrongCount }
            values = rawBytes.floats
        } else {
            // 4 float_data
            var listed: [Float] = []
            try forEachListed(4) { field throws(ONNXFileError) in listed += try field.floats() }
            values = listed
        }
        guard values.count == count else { throw wrongCount }
        return values
    }

    /// The elements of a tensor of 64-bit integers, in row-major order; throws as `floats` does.
    package func integers() throws(ONNXFileError) -> [Int64] {
        guard elementType == 7 else { throw wrongType("64-bit integers") }
        var values: [Int64] = []
        if let rawBytes {
            guard rawBytes.count.isMultiple(of: 8) else { throw wrongCount }
            values = rawBytes.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count, by: 8).map {
                    Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Int64.self))
                }
            }
        } else {
            // 7 int64_data
            try forEachListed(7) { field throws(ONNXFileError) in
                try field.integers { value throws(ONNXFileError) in values.append(value) }
            }
        }
        guard values.count == count else { throw wrongCount }
        return values
    }

    /// The elements of a tensor of signed bytes, in row-major order; throws as `floats` does.
    package func signedBytes() throws(ONNXFileError) -> [Int8] {
        guard elementType == 3 else { throw wrongType("signed bytes") }
        var values: [Int8] = []
        if let rawBytes {
            values = [Int8](unsafeUninitializedCapacity: rawBytes.count) { target, filled in
                filled = rawBytes.copyBytes(to: target)
            }
        } else {
            // 5 int32_data
            try forEachListed(5) { field throws(ONNXFileError) in
                try field.integers { value throws(ONNXFileError) in values.append(Int8(truncatingIfNeeded: value)) }
            }
        }
        guard values.count == count else { throw wrongCount }
        return values
    }

    private func wrongType(_ wanted: String) -> ONNXFileError {
        ONNXFileError(
            .wrongType, "A tensor of the model does not hold \(wanted). Use another export of the model.",
            detail: "\(name): type \(elementType)")
    }

    private var wrongCount: ONNXFileError { .malformed("\(name) has not as many elements as its shape \(shape) says") }
}

extension WireReader.Field {
    /// The 32-bit floats of a repeated field: one, or some packed.
    func floats() throws(ONNXFileError) -> [Float] {
        switch content {
        case .fourBytes(let bits): return [Float(bitPattern: bits)]
        case .bytes(let packed) where packed.count.isMultiple(of: 4): return packed.floats
        default: throw mismatch
        }
    }
}

extension Data {
    /// Little-endian 32-bit floats; the count of bytes is a multiple of four.
    fileprivate var floats: [Float] {
        // Every processor that this package runs on is little-endian.
        [Float](unsafeUninitializedCapacity: count / 4) { target, filled in
            filled = copyBytes(to: target) / 4
        }
    }
}
