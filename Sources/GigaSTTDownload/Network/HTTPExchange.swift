import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// One request and its answer. The only place that opens a connection.
struct HTTPExchange: Sendable {
    private let configuration: DownloadConfiguration

    init(_ configuration: DownloadConfiguration) { self.configuration = configuration }

    /// Asks for `request` and gives `body` the head and the bytes; the connection lasts as long as `body`.
    ///
    /// Throws what `body` throws and what the network does.
    func run<Result: Sendable>(
        _ request: FetchMachine.Request,
        _ body: (ResponseHead, HTTPClientResponse.Body) async throws -> Result
    ) async throws -> Result {
        var message = HTTPClientRequest(url: request.url.absoluteString)
        message.headers.add(name: "User-Agent", value: "gigastt")
        message.headers.add(name: "Accept-Encoding", value: "identity")
        if request.first > 0 {
            message.headers.add(name: "Range", value: "bytes=\(request.first)-")
            if let eTag = request.eTag { message.headers.add(name: "If-Range", value: eTag) }
        }
        let untilHead = TimeAmount(configuration.connectTimeout) + TimeAmount(configuration.stallTimeout)
        // A client of its own for each exchange: the proxy is a property of the client, and depends on the host.
        return try await HTTPClient.withHTTPClient(configuration: client(for: request.url)) { client in
            let response = try await client.execute(message, timeout: untilHead)
            let head = ResponseHead(status: Int(response.status.code)) { response.headers.first(name: $0) }
            return try await body(head, response.body)
        }
    }

    private func client(for url: URL) -> HTTPClient.Configuration {
        var client = HTTPClient.Configuration(
            // Where a redirect leads is decided by `Redirects`.
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(configuration.connectTimeout), read: TimeAmount(configuration.stallTimeout)),
            proxy: configuration.proxies.proxy(for: url).map(Self.proxy))
        // HTTP/2 has nothing to offer to one request at a time.
        client.httpVersion = .http1Only
        // Tries are counted by `FetchMachine`.
        client.connectionPool.retryConnectionEstablishment = false
        return client
    }

    private static func proxy(_ server: ProxyServer) -> HTTPClient.Configuration.Proxy {
        switch server.kind {
        case .socks5: return .socksServer(host: server.host, port: server.port)
        case .http:
            let authorization = server.credentials.map { text in
                HTTPClient.Authorization.basic(credentials: Data(text.utf8).base64EncodedString())
            }
            return .server(host: server.host, port: server.port, authorization: authorization)
        }
    }
}
