import Foundation
import GigaSTT
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOPosix

/// The body of a request as a source of audio: short ones in memory, others in a file that lives as long as this.
struct Upload: Sendable {
    /// Bytes that are kept in memory.
    static let memoryLimit = 1 << 20

    private enum Content {
        case bytes([UInt8])
        case file(SpoolFile)
    }
    private let content: Content

    /// The recording.
    func source(_ headerless: HeaderlessEncoding?) -> AudioSource {
        switch content {
        case .bytes(let bytes): .bytes(bytes, headerless: headerless)
        case .file(let file): .file(file.url, headerless: headerless)
        }
    }

    /// Reads a body as it comes. A client that announces more than is allowed is refused before it sends anything.
    ///
    /// Throws `HTTPFailure`: `unsupported_media_type`, `empty_body`, `payload_too_large`, `request_timeout`,
    /// `invalid_request`, `internal`; and what the connection throws.
    static func read(_ request: Request, byteLimit: Int, pace: UploadPace) async throws -> Upload {
        do {
            return try await content(request, byteLimit, pace)
        } catch is HTTPParserError {
            throw malformed
        }
    }

    private static func content(_ request: Request, _ byteLimit: Int, _ pace: UploadPace) async throws -> Upload {
        let encoding = request.headers[.contentEncoding] ?? ""
        guard ["", "identity"].contains(encoding.lowercased()) else { throw encoded }
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        if announced > byteLimit { throw tooLarge }
        var bytes = ByteBuffer()
        var file: SpoolFile?
        var byteCount = 0
        let start = ContinuousClock.now
        for try await part in request.body {
            byteCount += part.readableBytes
            guard byteCount <= byteLimit else { throw tooLarge }
            guard pace.admits(byteCount: byteCount, in: start.duration(to: .now)) else { throw tooSlow }
            bytes.writeImmutableBuffer(part)
            guard bytes.readableBytes > memoryLimit else { continue }
            file = try await append(&bytes, to: file)
        }
        guard byteCount > 0 else { throw HTTPFailure(.badRequest, code: "empty_body", "Empty request body") }
        guard file != nil else { return Upload(content: .bytes(Array(bytes.readableBytesView))) }
        return Upload(content: .file(try await append(&bytes, to: file)))
    }

    private static func append(_ bytes: inout ByteBuffer, to file: SpoolFile?) async throws -> SpoolFile {
        let content = Data(bytes.readableBytesView)
        bytes.clear()
        do {
            // Disks block, event loops and tasks must not.
            return try await NIOThreadPool.singleton.runIfActive {
                let file = try file ?? SpoolFile()
                try file.append(content)
                return file
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw HTTPFailure(.internalServerError, code: "internal", "Internal server error")
        }
    }

    private static let tooSlow: HTTPFailure = {
        var failure = HTTPFailure(
            .requestTimeout, code: "request_timeout", "The body came too slowly; send it again over a faster connection"
        )
        failure.endsConnection = true
        return failure
    }()
    private static let malformed: HTTPFailure = {
        var failure = HTTPFailure(
            .badRequest, code: "invalid_request", "The body does not follow HTTP; its length or its chunks are wrong")
        failure.fields[.connection] = "close"
        return failure
    }()
    private static let encoded: HTTPFailure = {
        var failure = HTTPFailure(
            .unsupportedMediaType, code: "unsupported_media_type",
            "Content-Encoding is not supported; send the audio file as it is")
        failure.fields[.acceptEncoding] = "identity"
        return failure
    }()
    private static let tooLarge = HTTPFailure(
        .contentTooLarge, code: "payload_too_large", "Request body exceeds the configured size limit")
}

/// A file of our own in the temporary folder; it is removed when nobody needs it any more.
final class SpoolFile: Sendable {
    let url: URL
    private let handle: FileHandle

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-upload-\(UUID().uuidString)")
        // Speech is nobody else's business.
        guard FileManager.default.createFile(atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        handle = try FileHandle(forWritingTo: url)
    }

    func append(_ data: Data) throws { try handle.write(contentsOf: data) }

    deinit {
        try? handle.close()
        try? FileManager.default.removeItem(at: url)
    }
}
