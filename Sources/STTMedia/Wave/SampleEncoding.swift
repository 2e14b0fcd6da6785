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

    /// The samples of each channel, −1…1, plane after plane; what is not finite counts as 0.
    ///
    /// Bytes after the last whole frame are ignored.
    /// - Parameters:
    ///   - channelCount: how many samples a frame has.
    ///   - channel: the only one that is wanted, from 0; nil, or one that is not there = all.
    func planes(in bytes: UnsafeRawBufferPointer, channelCount: Int, channel: Int? = nil) -> [Float] {
        let layout = Layout(width: byteCount, channelCount: channelCount, channel: channel)
        switch self {
        case .unsigned8:
            return planes(bytes, layout) { (Float($0.load(as: UInt8.self)) - 128) * 0x1p-7 }
        case .signed16:
            return planes(bytes, layout) { Float(Int16(littleEndian: $0.loadUnaligned(as: Int16.self))) * 0x1p-15 }
        case .signed24:
            return planes(bytes, layout) {
                let low = Int32($0.loadUnaligned(as: UInt16.self).littleEndian)
                return Float(Int32($0.load(fromByteOffset: 2, as: Int8.self)) << 16 | low) * 0x1p-23
            }
        case .signed32:
            return planes(bytes, layout) { Float(Int32(littleEndian: $0.loadUnaligned(as: Int32.self))) * 0x1p-31 }
        case .float32:
            return planes(bytes, layout) { Float(bitPattern: $0.loadUnaligned(as: UInt32.self).littleEndian) }
        case .float64:
            return planes(bytes, layout) { Float(Double(bitPattern: $0.loadUnaligned(as: UInt64.self).littleEndian)) }
        case .alaw: return G711.alaw.withUnsafeBufferPointer { planes(bytes, layout, table: $0) }
        case .ulaw: return G711.ulaw.withUnsafeBufferPointer { planes(bytes, layout, table: $0) }
        }
    }

    private func planes(
        _ bytes: UnsafeRawBufferPointer, _ layout: Layout, table: UnsafeBufferPointer<Int16>
    ) -> [Float] {
        planes(bytes, layout) { Float(table[Int($0.load(as: UInt8.self))]) * 0x1p-15 }
    }

    @inline(__always)
    private func planes(
        _ bytes: UnsafeRawBufferPointer, _ layout: Layout, sample: (UnsafeRawPointer) -> Float
    ) -> [Float] {
        let frameCount = bytes.count / layout.frameByteCount
        guard frameCount > 0, let start = bytes.baseAddress else { return [] }
        // Proof: every place below the count is set, and `next` stays within the frames counted above.
        return [Float](unsafeUninitializedCapacity: frameCount * layout.channels.count) { samples, count in
            for channel in layout.channels {
                var next = start + channel * byteCount
                for _ in 0..<frameCount {
                    samples.initializeElement(at: count, to: sample(next).clampedToUnit)
                    next += layout.frameByteCount
                    count += 1
                }
            }
        }
    }

    /// Which samples of a frame are wanted.
    private struct Layout {
        let frameByteCount: Int
        let channels: Range<Int>

        init(width: Int, channelCount: Int, channel: Int?) {
            frameByteCount = width * channelCount
            let chosen = channel.flatMap { (0..<channelCount).contains($0) ? $0 : nil }
            channels = chosen.map { $0..<$0 + 1 } ?? 0..<channelCount
        }
    }
}

extension Float {
    /// The value within −1…1, and 0 for what is not a number.
    @inline(__always)
    var clampedToUnit: Float { self >= 1 ? 1 : self <= -1 ? -1 : self == self ? self : 0 }
}
