import Foundation
import GigaSTT
import HTTPTypes
import NIOCore
import NIOPosix

/// A recording that was received: a short one in memory, another in a file that lives as long as this.
struct Upload: Sendable {
    fileprivate enum Content {
        case bytes([UInt8])
        case file(SpoolFile)
    }
    fileprivate let content: Content
    /// The bytes count until they are released.
    private let permit: BudgetPermit

    fileprivate init(_ content: Content, _ permit: BudgetPermit) {
        self.content = content
        self.permit = permit
    }

    /// The recording.
    func source(_ headerless: HeaderlessEncoding?) -> AudioSource {
        switch content {
        case .bytes(let bytes): .bytes(bytes, headerless: headerless)
        case .file(let file): .file(file.url, headerless: headerless)
        }
    }
}

extension Upload {
    /// Moves the recording to a place on the disk of the spool folder; from then on it belongs to the caller. Blocks.
    func move(to url: URL) throws {
        switch content {
        case .bytes(let bytes): try Data(bytes).write(to: url, options: .withoutOverwriting)
        case .file(let file): try file.handOver(to: url)
        }
    }
}

/// Takes a recording while it arrives.
struct UploadSpool: Sendable {
    /// Bytes that are kept in memory.
    static let memoryLimit = 1 << 20

    private var bytes = ByteBuffer()
    private var file: SpoolFile?
    private let folder: SpoolFolder
    private let permit: BudgetPermit
    private let waitLimit: Duration

    /// - Parameters:
    ///   - permit: what the bytes are taken from.
    ///   - waitLimit: how long each block may wait for that.
    init(in folder: SpoolFolder, _ permit: BudgetPermit, waitLimit: Duration) {
        self.folder = folder
        self.permit = permit
        self.waitLimit = waitLimit
    }

    /// Takes the next bytes.
    ///
    /// Throws `BudgetRefusal`, and `HTTPFailure` with code `internal` when the disk takes no more.
    mutating func append(_ block: some Collection<UInt8>) async throws {
        try await permit.add(block.count, until: .now + waitLimit)
        bytes.writeBytes(block)
        if bytes.readableBytes > Self.memoryLimit { try await spool() }
    }

    /// Counts bytes that are kept beside the recording. Throws `BudgetRefusal`.
    func reserve(_ count: Int) async throws { try await permit.add(count, until: .now + waitLimit) }

    /// The whole recording. Throws `HTTPFailure` with code `empty_body` when there is none.
    mutating func finish() async throws -> Upload {
        guard file != nil else {
            guard bytes.readableBytes > 0 else { throw HTTPFailure.emptyBody }
            return Upload(.bytes(Array(bytes.readableBytesView)), permit)
        }
        return Upload(.file(try await spool(isLast: true)), permit)
    }

    /// Moves the bytes to the end of the file, which is made when there is none yet.
    @discardableResult
    private mutating func spool(isLast: Bool = false) async throws -> SpoolFile {
        let content = Data(bytes.readableBytesView)
        bytes.clear()
        do {
            // Disks block, event loops and tasks must not.
            let file = try await NIOThreadPool.singleton.runIfActive { [file, folder] in
                let file = try file ?? folder.makeFile()
                try file.append(content)
                if isLast { try file.finish() }
                return file
            }
            self.file = file
            return file
        } catch let error as CancellationError {
            throw error
        } catch let error as CocoaError where error.isOutOfSpace {
            throw HTTPFailure.storageFull
        } catch {
            throw HTTPFailure(.internalServerError, code: "internal", "Internal server error")
        }
    }
}

extension HTTPFailure {
    static let emptyBody = HTTPFailure(.badRequest, code: "empty_body", "Empty request body")
}
