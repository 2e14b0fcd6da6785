import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Requests to one bucket, each signed, bounded in time and repeated a few times.
final class S3Client: Sendable {
    /// The longest waits: for a connection, for the next bytes in one direction, for all of a request.
    static let patience = (connect: TimeAmount.seconds(5), idle: TimeAmount.seconds(30), whole: TimeAmount.hours(1))
    /// Bytes of a document.
    static let documentLimit = 4 << 20

    struct Request: Sendable {
        var method: HTTPMethod
        /// The name of an object; empty for the bucket itself.
        var object = ""
        var query: [(name: String, value: String)] = []
        var body: FileBody?
    }

    let configuration: S3Configuration
    private let client: HTTPClient

    init(_ configuration: S3Configuration) {
        self.configuration = configuration
        // A redirect would lead to where the operator has not pointed, with a signature for elsewhere.
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: Self.patience.connect, read: Self.patience.idle, write: Self.patience.idle))
        settings.httpVersion = .http1Only
        // Attempts are counted by `S3Retries`.
        settings.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    deinit { client.shutdown { _ in } }

    /// Sends a request and reads its answer, when that is a success.
    ///
    /// - Parameter read: reads the body of an answer; performed again where an attempt fails.
    ///
    /// Throws `S3Failure`, `CancellationError`, and what `read` throws of its own.
    func perform<Value>(
        _ request: Request, _ read: (HTTPClientResponse) async throws -> Value
    ) async throws -> Value {
        var retries = S3Retries(at: .now)
        while true {
            var failure: S3Failure
            do {
                return try await attempt(request, read)
            } catch let error as S3Failure {
                failure = error
            } catch let error as JobStoreError {
                throw error
            } catch {
                try Task.checkCancellation()
                failure = S3Failure(error)
            }
            guard failure.isTransient, let delay = retries.next(at: .now) else { throw failure }
            try await Task.sleep(for: delay)
        }
    }

    /// The document of an answer; empty for most.
    func document(_ request: Request) async throws -> String {
        try await perform(request) { String(buffer: try await $0.body.collect(upTo: Self.documentLimit)) }
    }

    private func attempt<Value>(
        _ request: Request, _ read: (HTTPClientResponse) async throws -> Value
    ) async throws -> Value {
        let object = request.object.isEmpty ? "" : "/\(configuration.prefix)\(request.object)"
        let path = "/\(configuration.bucket)\(object)"
        var url = configuration.endpoint + S3Signer.encoded(path, keeping: "/")
        if !request.query.isEmpty { url += "?" + S3Signer.encoded(request.query) }
        var message = HTTPClientRequest(url: url)
        message.method = request.method
        message.headers.add(name: "host", value: configuration.host)
        let signed = S3Signer.Request(
            method: request.method.rawValue, path: path, query: request.query, fields: [("host", configuration.host)],
            digest: request.body?.digest ?? S3Signer.emptyDigest)
        for (name, value) in configuration.signer.fields(for: signed, at: .now) {
            message.headers.add(name: name, value: value)
        }
        if let body = request.body {
            message.body = .stream(try body.blocks(), length: .known(Int64(body.byteCount)))
        }
        let answer = try await client.execute(message, timeout: Self.patience.whole)
        guard (200..<300).contains(answer.status.code) else {
            let document = try? await answer.body.collect(upTo: 1 << 16)
            throw S3Failure(status: answer.status.code, document: document.map { String(buffer: $0) } ?? "")
        }
        return try await read(answer)
    }
}
