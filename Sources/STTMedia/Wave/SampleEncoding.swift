/// How one sample is stored, little-endian.
enum SampleEncoding: Sendable, Hashable {
    case unsigned8, signed16, signed24, signed32, float32, float64, alaw, ulaw

    var byteCount: Int {
        switch self {
        case .unsigned8, .alaw, .ulaw: 1
        case .signed16: 2
        case .signed24: 3
        case .signed32, .float32: 4
        case .float64: 8
        }
    }

    /// The name FFmpeg gives the same encoding.
    var codecName: String {
        switch self {
        case .unsigned8: "pcm_u8"
        case .signed16: "pcm_s16le"
        case .signed24: "pcm_s24le"
        case .signed32: "pcm_s32le"
        case .float32: "pcm_f32le"
        case .float64: "pcm_f64le"
        case .alaw: "pcm_alaw"
        case .ulaw: "pcm_mulaw"
        }
    }

    /// The mean over all channels of each sample frame in `bytes`, −1…1; what is not finite counts as 0.
    ///
    /// Bytes after the last whole frame are ignored.
    func means(of bytes: UnsafeRawBufferPointer, channelCount: Int) -> [Float] {
        switch self {
        case .unsigned8:
            mix(bytes, channelCount, scale: 128) { Double($0.load(as: UInt8.self)) - 128 }
        case .signed16:
            mix(bytes, channelCount, scale: 32_768) {
                Double(Int16(littleEndian: $0.loadUnaligned(as: Int16.self)))
            }
        case .signed24:
            mix(bytes, channelCount, scale: 8_388_608) {
                let low = Int32($0.loadUnaligned(as: UInt16.self).littleEndian)
                return Double(Int32($0.load(fromByteOffset: 2, as: Int8.self)) << 16 | low)
            }
        case .signed32:
            mix(bytes, channelCount, scale: 2_147_483_648) {
                Double(Int32(littleEndian: $0.loadUnaligned(as: Int32.self)))
            }
        case .float32:
            mix(bytes, channelCount, scale: 1) {
                Double(Float(bitPattern: $0.loadUnaligned(as: UInt32.self).littleEndian))
            }
        case .float64:
            mix(bytes, channelCount, scale: 1) {
                Double(bitPattern: $0.loadUnaligned(as: UInt64.self).littleEndian)
            }
        case .alaw: G711.alaw.withUnsafeBufferPointer { mix(bytes, channelCount, scale: 32_768, table: $0) }
        case .ulaw: G711.ulaw.withUnsafeBufferPointer { mix(bytes, channelCount, scale: 32_768, table: $0) }
        }
    }

    private func mix(
        _ bytes: UnsafeRawBufferPointer, _ channelCount: Int, scale: Double, table: UnsafeBufferPointer<Int16>
    ) -> [Float] {
        mix(bytes, channelCount, scale: scale) { Double(table[Int($0.load(as: UInt8.self))]) }
    }

    @inline(__always)
    private func mix(
        _ bytes: UnsafeRawBufferPointer, _ channelCount: Int, scale: Double, sample: (UnsafeRawPointer) -> Double
    ) -> [Float] {
        let width = byteCount
        let frameCount = bytes.count / (width * channelCount)
        guard frameCount > 0, var next = bytes.baseAddress else { return [] }
        let gain = 1 / (scale * Double(channelCount))
        // Proof: every place below the count is set, and `next` stays within the frames counted above.
        return [Float](unsafeUninitializedCapacity: frameCount) { samples, count in
            for frame in 0..<frameCount {
                var sum = 0.0
                for _ in 0..<channelCount {
                    sum += sample(next)
                    next += width
                }
                samples.initializeElement(at: frame, to: Float(sum * gain).limited)
            }
            count = frameCount
        }
    }
}

extension Float {
    /// The value within −1…1, and 0 for what is not a number.
    @inline(__always)
    var limited: Float { self >= 1 ? 1 : self <= -1 ? -1 : self == self ? self : 0 }
}
