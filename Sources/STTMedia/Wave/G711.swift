/// The decoding tables of ITU-T G.711 (11/88), as 16-bit values.
enum G711 {
    /// A-law: 13-bit values, left-aligned.
    static let alaw: [Int16] = (0..<256).map { code in
        // Even bits are inverted on the line (§3, note 2 of table 1a).
        let bits = UInt8(code) ^ 0x55
        let segment = Int16(bits >> 4 & 7)
        let step = Int16(bits & 15) << 4 + 8
        let magnitude = segment == 0 ? step : (step + 256) << (segment - 1)
        return bits & 0x80 != 0 ? magnitude : -magnitude
    }

    /// µ-law: 14-bit values, left-aligned.
    static let ulaw: [Int16] = (0..<256).map { code in
        // All bits are inverted on the line; 132 is the bias of the encoder's segments (§3, table 2a).
        let bits = ~UInt8(code)
        let segment = Int16(bits >> 4 & 7)
        let magnitude = ((Int16(bits & 15) << 3 + 132) << segment) - 132
        return bits & 0x80 != 0 ? -magnitude : magnitude
    }
}
