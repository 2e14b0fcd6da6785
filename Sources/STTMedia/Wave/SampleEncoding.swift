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

    /// One sample of each sample frame in `bytes`, −1…1; what is not finite counts as 0.
    ///
    /// Bytes after the last whole frame are ignored.
    /// - Parameters:
    ///   - channelCount: how many samples a frame has.
    ///   - channel: which of them is wanted, from 0; nil, or one that is not there = their mean.
    func samples(in bytes: UnsafeRawBufferPointer, channelCount: Int, channel: Int? = nil) -> [Float] {
        let frames = Frames(width: byteCount, channelCount: channelCount, channel: channel)
        return samples(in: bytes, frames)
    }

    private func samples(in bytes: UnsafeRawBufferPointer, _ frames: Frames) -> [Float] {
        switch self {
        case .unsigned8:
            mix(bytes, frames, scale: 128) { Double($0.load(as: UInt8.self)) - 128 }
        case .signed16:
            mix(bytes, frames, scale: 32_768) {
                Double(Int16(littleEndian: $0.loadUnaligned(as: Int16.self)))
            }
        case .signed24:
            mix(bytes, frames, scale: 8_388_608) {
                let low = Int32($0.loadUnaligned(as: UInt16.self).littleEndian)
                return Double(Int32($0.load(fromByteOffset: 2, as: Int8.self)) << 16 | low)
            }
        case .signed32:
            mix(bytes, frames, scale: 2_147_483_648) {
                Double(Int32(littleEndian: $0.loadUnaligned(as: Int32.self)))
            }
        case .float32:
            mix(bytes, frames, scale: 1) {
                Double(Float(bitPattern: $0.loadUnaligned(as: UInt32.self).littleEndian))
            }
        case .float64:
            mix(bytes, frames, scale: 1) {
                Double(bitPattern: $0.loadUnaligned(as: UInt64.self).littleEndian)
            }
        case .alaw: G711.alaw.withUnsafeBufferPointer { mix(bytes, frames, scale: 32_768, table: $0) }
        case .ulaw: G711.ulaw.withUnsafeBufferPointer { mix(bytes, frames, scale: 32_768, table: $0) }
        }
    }

    private func mix(
        _ bytes: UnsafeRawBufferPointer, _ frames: Frames, scale: Double, table: UnsafeBufferPointer<Int16>
    ) -> [Float] {
        mix(bytes, frames, scale: scale) { Double(table[Int($0.load(as: UInt8.self))]) }
    }

    @inline(__always)
    private func mix(
        _ bytes: UnsafeRawBufferPointer, _ frames: Frames, scale: Double, sample: (UnsafeRawPointer) -> Double
    ) -> [Float] {
        let frameCount = bytes.count / frames.byteCount
        guard frameCount > 0, let start = bytes.baseAddress else { return [] }
        let gain = 1 / (scale * Double(frames.mixedCount))
        // Proof: every place below the count is set, and `next` stays within the frames counted above.
        return [Float](unsafeUninitializedCapacity: frameCount) { samples, count in
            for frame in 0..<frameCount {
                var next = start + frame * frames.byteCount + frames.offset
                var sum = 0.0
                for _ in 0..<frames.mixedCount {
                    sum += sample(next)
                    next += frames.width
                }
                samples.initializeElement(at: frame, to: Float(sum * gain).limited)
            }
            count = frameCount
        }
    }

    /// Which samples of a frame are mixed.
    private struct Frames {
        let width: Int
        /// Bytes of a frame.
        let byteCount: Int
        /// Where in a frame the first wanted sample lies, and how many follow one another.
        let offset: Int
        let mixedCount: Int

        init(width: Int, channelCount: Int, channel: Int?) {
            self.width = width
            byteCount = width * channelCount
            let channel = channel.flatMap { (0..<channelCount).contains($0) ? $0 : nil }
            offset = (channel ?? 0) * width
            mixedCount = channel == nil ? channelCount : 1
        }
    }
}

extension Float {
    /// The value within −1…1, and 0 for what is not a number.
    @inline(__always)
    var limited: Float { self >= 1 ? 1 : self <= -1 ? -1 : self == self ? self : 0 }
}
