import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import GigaSTTServer

/// Connections that are accepted while a port stops.
@Suite struct DroppedConnectionTests {
    @Test func aConnectionThatNothingHandlesIsDropped() async throws {
        try await mustEnd {
            let (connection, client) = try await dropped()
            try await client.close()
            try await connection.closeFuture.get()
        }
    }

    /// A connection that a port accepted and did not pass on before it stopped, and its client.
    private func dropped() async throws -> (connection: any Channel, client: any Channel) {
        let pipeline = HTTPPipeline(
            responder: { _, _, _ in }, settings: CurrentSettings(ServerSettings()), identity: nil,
            logger: .quiet, metrics: ServerMetrics(), idleTimeout: nil)
        let (accepted, arrival) = AsyncStream.makeStream(of: (any Channel).self)
        let group = MultiThreadedEventLoopGroup.singleton
        let port = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0) { channel in
            pipeline.setup(channel: channel, logger: .quiet).always { _ in arrival.yield(channel) }
        }
        let address = try #require(port.channel.localAddress)
        let client = try await ClientBootstrap(group: group).connect(to: address).get()
        var connections = accepted.makeAsyncIterator()
        let connection = try await port.executeThenClose { _ in await connections.next() }
        return (try #require(connection), client)
    }
}
