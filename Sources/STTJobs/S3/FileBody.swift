import Crypto
import Foundation
import NIOCore
import NIOPosix

/// A file as the body of a request: one block of it is in memory.
struct FileBody: Sendable {
    static let blockSize = 256 << 10

    let url: URL
    let byteCount: Int
    /// SHA-256 in hexadecimal digits: a store refuses bytes that were changed on the way.
    let digest: String

    /// Reads the file once. Blocks.
    ///
    /// Throws `CocoaError`.
    init(_ url: URL) throws {
        let file = try FileHandle(forReadingFrom: url)
        var (hash, count) = (SHA256(), 0)
        while let block = try file.read(upToCount: Self.blockSize), !block.isEmpty {
            hash.update(data: block)
            count += block.count
        }
        self.url = url
        byteCount = count
        digest = S3Signer.hexadecimal(hash.finalize())
    }

    /// The bytes from the beginning.
    func blocks() throws -> Blocks { Blocks(file: try FileHandle(forReadingFrom: url)) }

    /// The blocks of an open file, read where blocking is allowed.
    struct Blocks: AsyncSequence, Sendable {
        let file: FileHandle

        struct AsyncIterator: AsyncIteratorProtocol {
            let file: FileHandle

            mutating func next() async throws -> ByteBuffer? {
                let block = try await NIOThreadPool.singleton.runIfActive { [file] in
                    try file.read(upToCount: FileBody.blockSize)
                }
                guard let block, !block.isEmpty else { return nil }
                return ByteBuffer(bytes: block)
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file) }
    }
}
