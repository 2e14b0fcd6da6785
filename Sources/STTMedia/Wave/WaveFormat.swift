/// The contents of a `fmt ` chunk.
struct WaveFormat: Sendable, Hashable {
    enum Coding: Sendable, Hashable {
        case samples(SampleEncoding)
        case g722
        /// Something that only a general decoder understands.
        case other
    }

    let coding: Coding
    let channelCount: Int
    let sampleRate: Int

    /// The last 14 bytes of the sub-format GUIDs that repeat a format tag (Microsoft, `KSDATAFORMAT_SUBTYPE_…`).
    private static let tagSubformat: [UInt8] = [
        0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71,
    ]

    /// Nil when the chunk is too short.
    init?(_ chunk: [UInt8]) {
        guard chunk.count >= 14 else { return nil }
        var tag = Int(chunk.uint16(at: 0))
        channelCount = Int(chunk.uint16(at: 2))
        sampleRate = Int(chunk.uint32(at: 4))
        let frameByteCount = Int(chunk.uint16(at: 12))
        let bits = chunk.count >= 16 ? Int(chunk.uint16(at: 14)) : 0
        if tag == 0xFFFE {
            guard chunk.count >= 40, Array(chunk[26..<40]) == Self.tagSubformat else {
                coding = .other
                return
            }
            tag = Int(chunk.uint16(at: 24))
        }
        coding = Self.coding(tag: tag, bits: bits, frameByteCount: frameByteCount, channelCount: channelCount)
    }

    private static func coding(tag: Int, bits: Int, frameByteCount: Int, channelCount: Int) -> Coding {
        let place = channelCount > 0 && frameByteCount % channelCount == 0 ? frameByteCount / channelCount : 0
        // Samples of 24 bits may be left-aligned in 32; else a frame that is larger than its samples is misstated.
        let isPadded = (17...24).contains(bits) && place == 4
        let width = isPadded || bits == 0 ? place : (bits + 7) / 8
        switch (tag, width) {
        case (1, 1): return .samples(.unsigned8)
        case (1, 2): return .samples(.signed16)
        case (1, 3): return .samples(.signed24)
        case (1, 4): return .samples(.signed32)
        case (3, 4): return .samples(.float32)
        case (3, 8): return .samples(.float64)
        case (6, _): return .samples(.alaw)
        case (7, _): return .samples(.ulaw)
        case (0x0064, _), (0x0065, _), (0x028F, _): return .g722
        default: return .other
        }
    }
}

extension [UInt8] {
    /// The little-endian number at an offset within the array.
    func uint16(at offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }
    /// The little-endian number at an offset within the array.
    func uint32(at offset: Int) -> UInt32 { UInt32(uint16(at: offset)) | UInt32(uint16(at: offset + 2)) << 16 }
    /// The little-endian number at an offset within the array.
    func uint64(at offset: Int) -> UInt64 { UInt64(uint32(at: offset)) | UInt64(uint32(at: offset + 4)) << 32 }
}
