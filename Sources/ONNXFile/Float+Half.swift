extension Float {
    /// The bits of the nearest half (IEEE 754 binary16), of two the even one. What is larger than the largest half, 65 504,
    /// becomes that; what is not a number stays so.
    ///
    /// `Float16` is not on every Mac.
    package var half: UInt16 {
        let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
        let size = bitPattern & 0x7FFF_FFFF
        if size > 0x7F80_0000 { return sign | 0x7E00 }
        if size >= 0x477F_E000 { return sign | 0x7BFF }
        // Below 2⁻¹⁴ halves are multiples of 2⁻²⁴.
        if size < 0x3880_0000 { return sign | UInt16((Float(bitPattern: size) * 0x1p24).rounded(.toNearestOrEven)) }
        // 13 bits fewer of the fraction; the exponent counts from 15 instead of 127.
        let rounded = size + 0xFFF + (size >> 13 & 1)
        return sign | UInt16((rounded - 112 << 23) >> 13)
    }
}
