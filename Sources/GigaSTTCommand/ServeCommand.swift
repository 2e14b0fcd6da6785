import ArgumentParser
import Foundation
import GigaSTT
import GigaSTTServer

/// `gigastt serve`: live speech and recordings over the network.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve live speech over WebSocket, and recordings over HTTP.",
        discussion: """
            Live speech: ws://HOST:PORT/v1/ws. Probes: /health and /ready; they answer while the model loads.

            SIGTERM and Ctrl-C let every session say its last words, then the program ends with code 0.
            """)

    @OptionGroup(title: "Network") var network: ServeNetworkOptions
    @OptionGroup(title: "Limits") var limits: ServeLimitOptions

    @Option(help: "Recognitions at the same time. [env GIGASTT_POOL_SIZE; default one per core]")
    var poolSize: Int?

    @Option(help: "What ends an utterance: auto, assistant or manual. [env GIGASTT_ENDPOINT_MODE; default auto]")
    var endpointMode: EndpointMode?

    @Flag(help: "When ready, print the address as one JSON object on standard output.")
    var readyJson = false

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func run() async throws {
        general.apply(program.general)
        let settings = try settings()
        let (folder, name) = try model.folder()
        var configuration = try model.configuration()
        if let size = try Setting.optional(poolSize, variable: "GIGASTT_POOL_SIZE", parse: { Int($0) }) {
            configuration.workerCount = min(max(1, size), 256)
        }
        let (host, readyJson) = (settings.host, readyJson)
        let (loading, loaded) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let server = try Server(
            settings, logger: ServeLog.logger(),
            onListening: { port in
                Console.note("gigastt server listening on http://\(host):\(port)")
                Console.note("  WebSocket: ws://\(host):\(port)/v1/ws")
            },
            onReady: { address in
                Console.note("Ready: \(address.model)")
                if readyJson { ServeReadyLine.print(address) }
            },
            load: { [configuration] in
                let model = try await configuration.load(folder, named: name, runsOn: true)
                if model.isWorthPreparing { loaded.yield() }
                loaded.finish()
                return model.recognizer
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            // For the next start; it ends with the server.
            group.addTask { [configuration] in
                for await _ in loading { try await configuration.preparation(of: folder)?.run() }
            }
            try await server.run()
            group.cancelAll()
        }
        Console.note("Stopped.")
    }

    private func settings() throws -> ServerSettings {
        var settings = ServerSettings()
        try network.apply(to: &settings)
        try limits.apply(to: &settings)
        settings.session.endpointMode = try Setting.value(
            endpointMode, variable: "GIGASTT_ENDPOINT_MODE", default: .auto, parse: { EndpointMode(name: $0) })
        settings.session.silence = try model.silence()
        settings.session.usesVoiceActivityModel = try model.usesVAD()
        settings.version = Gigastt.version
        return settings
    }
}
