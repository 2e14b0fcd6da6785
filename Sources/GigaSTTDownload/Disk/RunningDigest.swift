import Crypto
import Foundation

/// SHA-256 over bytes as they pass.
struct RunningDigest {
    private var hash = SHA256()

    mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

    /// The digest so far, in lower-case hexadecimal.
    var hexadecimal: String {
        hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Takes in what follows in `file` up to its end. Throws `CancellationError` between blocks.
    mutating func update(from file: OpenFile) throws {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { block.deallocate() }
        while true {
            try Task.checkCancellation()
            let count = try file.read(into: block)
            if count == 0 { return }
            update(UnsafeRawBufferPointer(rebasing: block.prefix(count)))
        }
    }
}
