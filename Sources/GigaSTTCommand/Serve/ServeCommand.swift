import ArgumentParser
import Foundation
import GigaSTT
import GigaSTTServer
import Logging

/// `gigastt serve`: live speech and recordings over the network.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve live speech over WebSocket, and recordings over HTTP.",
        discussion: """
            Live speech: ws://HOST:PORT/v1/ws. Probes: /health and /ready; they answer while the model loads. They
            need no API key; everything else does with --api-key-file.

            SIGHUP reloads the API keys, the certificate and the file of --config. SIGTERM and Ctrl-C drain: every session
            gets its last final, then the program ends with code 0. A second signal ends it at once.
            """)

    @OptionGroup(title: "Network") var network: ServeNetworkOptions
    @OptionGroup(title: "Access") var access: ServeAccessOptions
    @OptionGroup(title: "Protocols") var protocols: ServeProtocolOptions
    @OptionGroup(title: "Limits") var limits: ServeLimitOptions
    @OptionGroup(title: "Speakers") var voices: VoiceOptions
    @OptionGroup(title: "Jobs") var jobs: ServeJobOptions
    @OptionGroup(title: "Webhooks") var webhook: ServeWebhookOptions
    @OptionGroup(title: "Observability") var observability: ObservabilityOptions

    @OptionGroup(title: "Workers") var workers: ServeWorkerOptions

    @Option(help: "What ends an utterance: auto, assistant or manual. [env GIGASTT_ENDPOINT_MODE; default auto]")
    var endpointMode: EndpointMode?

    @Flag(help: "When ready, print the address as one JSON object on standard output.")
    var readyJson = false

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Text") var passes: TextPassOptions
    @OptionGroup(title: "Hotwords") var hotwords: HotwordOptions
    @OptionGroup var unsupported: ServeUnsupportedOptions
    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func run() async throws {
        general.apply(program.general)
        Console.format.store(try observability.format())
        // From the start, so that a signal during start-up is not lost.
        let signals = ShutdownSignals()
        try await Console.queueing { try await signals.caught { try await serve(until: signals.first) } }
    }

    private func serve(until stop: AsyncStream<Void>) async throws {
        let logger = Console.logger()
        let (start, file, sources) = (try settings(), try limits.file(), try limits.sources(jobs.flags))
        let (texts, choices, receiver) = (try passes.sources(), try protocols.choices(), try webhook.choices())
        // The same at the start and on SIGHUP, so that ranks are the same.
        let read: @Sendable () throws -> ServerSettings = {
            var (settings, sources, texts, inFile) = (start, sources, texts, ProtocolChoices())
            var receiverInFile = WebhookChoices()
            if let file {
                let content = try LimitFile(at: file)
                for warning in content.warnings { logger.warning("\(warning)") }
                sources.file = content.values
                texts.file = content.texts
                inFile = content.protocols
                receiverInFile = content.webhook
            }
            sources.apply(to: &settings)
            settings.text = try texts.formatting()
            choices.apply(to: &settings, else: inFile)
            try receiver.apply(to: &settings, else: receiverInFile)
            return settings
        }
        let settings = try read()
        try settings.check()
        // Last, since it may ask whether to download a model.
        let (loader, warnings) = try await loader()
        for warning in try warnings + unsupported.warnings() { logger.warning("\(warning)") }
        let (readyJson, metrics) = (readyJson, settings.metrics)
        let (loading, loaded) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let server = try Server(
            settings, logger: logger, notifier: ServiceNotifier(environment: ProcessInfo.processInfo.environment),
            onListening: { port in
                for line in Self.addresses(of: settings, port: port) { Console.note(line) }
            },
            onReady: { address in
                if let port = address.metricsPort, let listen = metrics?.onPort(port) {
                    Console.note("  Metrics:   \(settings.scheme)://\(listen)/metrics")
                }
                for (port, listen) in address.listeners.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    Console.note("  \(port.rawValue): \(listen)")
                }
                Console.note("Ready: \(address.model)")
                if readyJson { ServeReadyLine.print(address) }
            },
            reread: file == nil ? nil : read,
            load: { try await loader.load { loaded.yield() } })
        if metrics != nil { server.bootstrapMetricsSystem() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            // For the next start; it ends with the server.
            group.addTask { for await _ in loading { try await loader.preparation?.run() } }
            group.addTask { for await _ in stop { await server.drain() } }
            try await server.run()
            group.cancelAll()
        }
        Console.note("Stopped.")
    }

    /// Where a server can be reached, in the lines of gigastt.
    static func addresses(of settings: ServerSettings, port: Int) -> [String] {
        let address = ListenAddress(host: settings.host, port: UInt16(clamping: port))
        let (scheme, webSocketScheme) = (settings.scheme, settings.scheme == "https" ? "wss" : "ws")
        return [
            "gigastt server listening on \(scheme)://\(address)",
            "  WebSocket: \(webSocketScheme)://\(address)/v1/ws",
            "  REST API:  \(scheme)://\(address)/health, /ready, /v1/models, /v1/transcribe, /v1/transcribe/stream",
        ]
    }

    /// Which model is loaded, and how.
    private func loader() async throws -> (loader: ModelLoader, warnings: [String]) {
        var loader = try await model.loader(
            offline: general.isOffline(program.general), usesVADByDefault: try workers.effectiveProfile().usesVAD,
            text: passes)
        loader.configuration.identifiesSpeakers = try voices.isAllowed()
        var warnings = try workers.apply(to: &loader.configuration)
        let hotwords = try hotwords.values()
        loader.configuration.hotwords = hotwords.hotwords
        warnings += hotwords.warnings
        return (loader, warnings)
    }

    /// Everything but the limits.
    private func settings() throws -> ServerSettings {
        var settings = ServerSettings()
        try network.apply(to: &settings)
        try access.apply(to: &settings)
        settings.voices.allowsNames = try voices.isAllowed()
        settings.voices.folder = try voices.folder()?.path
        settings.voices.leastSimilarity = try voices.similarity()
        settings.lameDuck = try limits.lameDuck()
        try jobs.apply(to: &settings, workers: workers.recordingWorkers())
        try observability.apply(to: &settings)
        settings.session.endpointMode = try Setting.value(
            endpointMode, variable: "GIGASTT_ENDPOINT_MODE", default: .auto, parse: { EndpointMode(name: $0) })
        settings.session.endpointSilence = try model.silence()
        settings.version = Gigastt.version
        return settings
    }
}
