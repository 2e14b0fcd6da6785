import Foundation
import GigaSTT
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

/// A server on a port of its own, up while a test uses it.
enum RunningServer {
    typealias Open = @Sendable (Recognizer, LiveOptions) throws -> any LiveRecognition

    /// Runs `body` against a server and stops it; everything must end within a minute.
    static func use(
        _ adjust: (inout ServerSettings) -> Void = { _ in }, workers: Int = 2,
        logger: Logger = .quiet, open: @escaping Open = { try $0.liveStream(options: $1) },
        reread: (@Sendable () throws -> ServerSettings)? = nil, load: (@Sendable () async throws -> Recognizer)? = nil,
        _ body: @escaping @Sendable (Int, Server) async throws -> Void
    ) async throws {
        try await serve(adjust, workers: workers, logger: logger, open: open, reread: reread, load: load) {
            try await body($0.port, $1)
        }
    }

    /// The same, with the port of another protocol.
    static func use(
        _ listener: ProtocolPort, _ adjust: @escaping (inout ServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (Int, Server) async throws -> Void
    ) async throws {
        try await serve({
            $0.listeners[listener] = ListenAddress("127.0.0.1:0")
            adjust(&$0)
        }) { address, server in
            try await body(try #require(address.listeners[listener]?.port), server)
        }
    }

    /// The same, for tests of what the operator sees: the address has the port of the metrics, too.
    static func serve(
        _ adjust: (inout ServerSettings) -> Void = { _ in }, workers: Int = 2, logger: Logger = .quiet,
        notifier: ServiceNotifier? = nil, open: @escaping Open = { try $0.liveStream(options: $1) },
        reread: (@Sendable () throws -> ServerSettings)? = nil, load: (@Sendable () async throws -> Recognizer)? = nil,
        _ body: @escaping @Sendable (ServerAddress, Server) async throws -> Void
    ) async throws {
        var settings = ServerSettings()
        settings.port = 0
        settings.version = "2.3.0"
        adjust(&settings)
        let (ready, arrival) = AsyncStream.makeStream(of: ServerAddress.self)
        let server = try Server(
            settings, handlesSignals: false, logger: logger, notifier: notifier, onListening: { _ in },
            onReady: { arrival.yield($0) }, reread: reread,
            load: load ?? { try await recognizer(workers: workers) }, open: open)
        try await ServerPlaces.shared.use {
            try await mustEnd {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await server.run()
                        arrival.finish()
                    }
                    var addresses = ready.makeAsyncIterator()
                    guard let address = await addresses.next() else { return try await group.waitForAll() }
                    do {
                        try await body(address, server)
                    } catch {
                        await server.drain()
                        throw error
                    }
                    await server.drain()
                    try await group.waitForAll()
                }
            }
        }
    }

    /// The same, with the metrics on a port of their own.
    static func serveWithMetrics(
        _ adjust: (inout ServerSettings) -> Void = { _ in },
        open: @escaping Open = { try $0.liveStream(options: $1) },
        _ body: @escaping @Sendable (ServerAddress, Server) async throws -> Void
    ) async throws {
        try await serve(
            {
                $0.metrics = ListenAddress("127.0.0.1:0")
                adjust(&$0)
            }, open: open, body)
    }

    /// The port of a listener that takes connections and never answers, while `body` runs.
    static func withSilentListener<Result>(_ body: (Int) async throws -> Result) async throws -> Result {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(try #require(listener.localAddress?.port))
            try await listener.close()
            return result
        } catch {
            try? await listener.close()
            throw error
        }
    }

    /// What the library makes of a recording with the server's settings.
    static func expected(_ name: String) async throws -> Transcript {
        let recognizer = try await RunningServer.recognizer(workers: 1)
        var options = TranscriptionOptions()
        options.endpointing = EndpointMode.auto.endpointing(silence: .milliseconds(500), hasModel: false)
        let transcript = try await recognizer.transcribe(Recordings.named(name).url, options: options)
        await recognizer.shutDown()
        return transcript
    }

    static func recognizer(workers: Int) async throws -> Recognizer {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = workers
        return try await Recognizer(.demo, configuration: configuration)
    }
}

/// The bytes of a recording as a client sends them.
enum Speech {
    /// PCM16 at 16 kHz.
    static func bytes(_ name: String) throws -> [UInt8] {
        try Recordings.samples(Recordings.named(name)).flatMap { sample -> [UInt8] in
            let value = UInt16(bitPattern: Int16(sample * 32_768))
            return [UInt8(value & 255), UInt8(value >> 8)]
        }
    }

    /// The recording as it lies on the disk.
    static func file(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: Recordings.named(name).url)) }

    static let configure = #"{"type":"configure","sample_rate":16000,"protocol_version":"1.0"}"#
    static let stop = #"{"type":"stop"}"#
}

extension Logger {
    /// Says nothing.
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
