import GigaSTT
import Hummingbird
import NIOCore

/// A recording that was received: a short one in memory, another in a file that lives as long as this.
struct Upload: Sendable {
    fileprivate enum Content {
        case bytes([UInt8])
        case file(SpoolFile)
    }
    fileprivate let content: Content

    /// The recording.
    func source(_ headerless: HeaderlessEncoding?) -> AudioSource {
        switch content {
        case .bytes(let bytes): .bytes(bytes, headerless: headerless)
        case .file(let file): .file(file.url, headerless: headerless)
        }
    }

    /// Reads a body that is nothing but the recording, as it comes.
    ///
    /// Throws `HTTPFailure`: `empty_body`, `payload_too_large`, `request_timeout`, `internal`; and what the connection
    /// throws.
    static func read(_ request: Request, byteLimit: Int, pace: UploadPace) async throws -> Upload {
        var meter = try BodyMeter(request, byteLimit: byteLimit, pace: pace)
        var spool = UploadSpool()
        for try await block in request.body {
            try meter.count(block.readableBytes)
            try await spool.append(block.readableBytesView)
        }
        return try await spool.finish()
    }
}

/// Takes a recording while it arrives.
struct UploadSpool: Sendable {
    /// Bytes that are kept in memory.
    static let memoryLimit = 1 << 20

    private var bytes = ByteBuffer()
    private var file: SpoolFile?

    /// Takes the next bytes. Throws `HTTPFailure` with code `internal` when the disk takes no more.
    mutating func append(_ block: some Collection<UInt8>) async throws {
        bytes.writeBytes(block)
        if bytes.readableBytes > Self.memoryLimit { file = try await SpoolFile.append(&bytes, to: file) }
    }

    /// The whole recording. Throws `HTTPFailure` with code `empty_body` when there is none.
    mutating func finish() async throws -> Upload {
        guard file != nil else {
            guard bytes.readableBytes > 0 else {
                throw HTTPFailure(.badRequest, code: "empty_body", "Empty request body")
            }
            return Upload(content: .bytes(Array(bytes.readableBytesView)))
        }
        return Upload(content: .file(try await SpoolFile.append(&bytes, to: file)))
    }
}
