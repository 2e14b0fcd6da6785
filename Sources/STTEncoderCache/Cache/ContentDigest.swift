import Foundation

/// SHA-256 (FIPS 180-4) over bytes as they pass. Cost: about 4 s per GB.
///
/// Written here because the library has no package dependencies. It names contents; no secret depends on it.
package struct ContentDigest: Sendable {
    private var state = Self.start
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    private static let blockSize = 64
    /// First 32 bits of the fractions of the square roots of the first 8 primes.
    private static let start = primes.prefix(8).map { fraction(of: $0.squareRoot()) }
    /// First 32 bits of the fractions of the cube roots of the first 64 primes.
    private static let constants = primes.map { fraction(of: cbrt($0)) }
    private static let primes: [Double] = (2..<312).filter { number in
        !(2..<number).contains { number.isMultiple(of: $0) }
    }.map(Double.init)

    private static func fraction(of root: Double) -> UInt32 { UInt32((root - root.rounded(.down)) * 4_294_967_296) }

    /// The digest of nothing.
    package init() { pending.reserveCapacity(Self.blockSize) }

    /// Takes in more bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let missing = rest.prefix(Self.blockSize - pending.count)
            pending.append(contentsOf: missing)
            rest = rest.dropFirst(missing.count)
            guard pending.count == Self.blockSize else { return }
            let block = pending
            block.withUnsafeBytes { compress($0) }
            pending.removeAll(keepingCapacity: true)
        }
        let whole = rest.count / Self.blockSize * Self.blockSize
        compress(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
        pending.append(contentsOf: rest.dropFirst(whole))
    }

    /// The digest so far, in lower-case hexadecimal.
    package var hexadecimal: String {
        var end = self
        let padding = [0x80] + [UInt8](repeating: 0, count: (119 - pending.count) % Self.blockSize)
        let bits = (byteCount * 8).bigEndian
        padding.withUnsafeBytes { end.update($0) }
        withUnsafeBytes(of: bits) { end.update($0) }
        return end.state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private mutating func compress(_ bytes: UnsafeRawBufferPointer) {
        var words = state
        words.withUnsafeMutableBufferPointer { state in
            Self.constants.withUnsafeBufferPointer { constants in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                    for start in stride(from: 0, to: bytes.count, by: Self.blockSize) {
                        let block = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Self.blockSize])
                        Self.compress(block, state, schedule, constants)
                    }
                }
            }
        }
        state = words
    }

    private static func compress(
        _ block: UnsafeRawBufferPointer, _ state: UnsafeMutableBufferPointer<UInt32>,
        _ schedule: UnsafeMutableBufferPointer<UInt32>, _ constants: UnsafeBufferPointer<UInt32>
    ) {
        for index in 0..<16 {
            schedule[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
        }
        for index in 16..<64 {
            let (x, y) = (schedule[index - 15], schedule[index - 2])
            let first = turned(x, 7) ^ turned(x, 18) ^ (x >> 3)
            let second = turned(y, 17) ^ turned(y, 19) ^ (y >> 10)
            schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let chosen = (e & f) ^ (~e & g)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let first =
                h &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ chosen &+ constants[index]
                &+ schedule[index]
            let second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ majority
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ second)
        }
        for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
    }

    @inline(__always)
    private static func turned(_ value: UInt32, _ count: UInt32) -> UInt32 { value >> count | value << (32 - count) }
}
