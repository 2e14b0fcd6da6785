import AsyncHTTPClient
package import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Recordings in an S3-compatible object store, each an object of its name. The job folder of a server holds what it receives
/// and what it reads.
package final class S3AudioStore: AudioStore {
    /// Pages of a list that are read at most: a million objects.
    private static let pageLimit = 1_000

    private let client: S3Client
    private let folder: JobFolder

    /// A store at its address; `folder` is used by this server alone.
    package init(_ configuration: S3Configuration, _ folder: JobFolder) {
        client = S3Client(configuration)
        self.folder = folder
    }

    package var isRemote: Bool { true }

    /// Everything that a key must be allowed to do is tried.
    package func open() async throws {
        let name = UUID().uuidString
        let file = folder.audio(name)
        defer { release(file) }
        try await Self.onDisk { try Data(name.utf8).write(to: file) }
        _ = try await keep(name)
        guard let copy = try await self.file(name) else { throw JobStoreError(S3Failure(status: 404, document: "")) }
        release(copy)
        _ = try await page(from: nil)
        try await remove(name)
    }

    package func keep(_ name: String) async throws -> Int {
        let file = folder.audio(name)
        let body = try await Self.onDisk { try FileBody(file) }
        // An object appears when all of it has arrived, and the store compares the digest.
        _ = try await answering { try await $0.document(.init(method: .PUT, object: name, body: body)) }
        return body.byteCount
    }

    package func file(_ name: String) async throws -> URL? {
        // Another attempt at the same job may still read a copy.
        let copy = folder.audio("\(name).\(UUID().uuidString).copy")
        do {
            try await answering { client in
                try await client.perform(.init(method: .GET, object: name)) { try await Self.write($0, to: copy) }
            }
            return copy
        } catch is Missing {
            release(copy)
            return nil
        } catch {
            release(copy)
            throw error
        }
    }

    package func release(_ file: URL) { try? FileManager.default.removeItem(at: file) }

    package func remove(_ name: String) async throws {
        do {
            _ = try await answering { try await $0.document(.init(method: .DELETE, object: name)) }
        } catch is Missing {}
    }

    package func recordings() async throws -> [String: Double] {
        var (times, next, count) = ([String: Double](), String?.none, 0)
        repeat {
            let page = try await page(from: next)
            // Other objects are not those of jobs.
            times.merge(page.times.filter { UUID(uuidString: $0.key) != nil }) { $1 }
            (next, count) = (page.next, count + 1)
        } while next != nil && count < Self.pageLimit
        return times
    }

    // MARK: Requests

    /// There is no such object.
    private struct Missing: Error {}

    private func answering<Value>(_ body: (S3Client) async throws -> Value) async throws -> Value {
        do {
            return try await body(client)
        } catch let failure as S3Failure {
            throw failure.isMissing ? Missing() : JobStoreError(failure)
        }
    }

    private func page(from token: String?) async throws -> S3Page {
        let prefix = client.configuration.prefix
        let query = [("list-type", "2"), ("prefix", prefix)] + (token.map { [("continuation-token", $0)] } ?? [])
        let document = try await answering {
            try await $0.document(.init(method: .GET, query: query.map { (name: $0.0, value: $0.1) }))
        }
        return S3Page(document, prefix: prefix)
    }

    /// Writes the body of an answer, one block after the other.
    private static func write(_ answer: HTTPClientResponse, to url: URL) async throws {
        let file = try await onDisk {
            let access: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
            guard FileManager.default.createFile(atPath: url.path, contents: nil, attributes: access)
            else { throw CocoaError(.fileWriteUnknown) }
            return try FileHandle(forWritingTo: url)
        }
        var count = 0
        for try await block in answer.body {
            try await onDisk { try file.write(contentsOf: Data(block.readableBytesView)) }
            count += block.readableBytes
        }
        if let whole = answer.headers.first(name: "content-length"), whole != "\(count)" {
            throw S3Failure(reason: "\(count) of \(whole) bytes")
        }
    }

    /// Performs what blocks on the disk of the job folder.
    private static func onDisk<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        do {
            return try await NIOThreadPool.singleton.runIfActive(body)
        } catch let error as CocoaError {
            throw error.code == .fileWriteOutOfSpace
                ? JobStoreError(.full, "There is no space left for jobs. Free some on the disk of --jobs-dir.")
                : JobStoreError(.unusable, "The job folder cannot be read or written. Check --jobs-dir.")
        }
    }
}
