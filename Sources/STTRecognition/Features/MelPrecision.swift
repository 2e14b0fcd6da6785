/// How window and filter bank are rounded.
package enum MelPrecision: Sendable, Hashable, CaseIterable {
    /// 32-bit constants: the configuration of the original GigaAM code.
    case float32
    /// Constants rounded to bfloat16, as the buffers of the published v3 checkpoints hold them.
    case bfloat16

    func round(_ value: Float) -> Float {
        switch self {
        case .float32: return value
        case .bfloat16:
            // Round to nearest, ties to even, at the upper 16 bits.
            let bits = value.bitPattern
            return Float(bitPattern: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) & 0xFFFF_0000)
        }
    }
}
