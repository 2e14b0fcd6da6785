import ArgumentParser
import Foundation
import GigaSTTServer

/// What bounds the work of a server.
struct ServeLimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Limits in TOML; reloaded on SIGHUP.", valueName: "file"))
    var config: String?

    @Option(help: "Seconds without data that end a session; 0: never. [env GIGASTT_IDLE_TIMEOUT_SECS; default 300]")
    var idleTimeoutSecs: UInt32?

    @Option(help: "Largest WebSocket message in bytes. [env GIGASTT_WS_FRAME_MAX_BYTES; default 524288]")
    var wsFrameMaxBytes: UInt32?

    @Option(help: "Largest upload in bytes. [env GIGASTT_BODY_LIMIT_BYTES; default 52428800]")
    var bodyLimitBytes: UInt64?

    @Option(help: "Longest recording in seconds; 0: no limit. [env GIGASTT_MAX_AUDIO_SECS; default 0]")
    var maxAudioSecs: UInt32?

    @Option(help: "Longest live session in seconds; 0: no limit. [env GIGASTT_MAX_SESSION_SECS; default 3600]")
    var maxSessionSecs: UInt32?

    @Option(
        help: "Seconds for which a recording waits for a worker. [env GIGASTT_POOL_CHECKOUT_TIMEOUT_SECS; default 30]")
    var poolCheckoutTimeoutSecs: UInt32?

    @Option(
        help: ArgumentHelp(
            "Seconds without progress that end a recognition; 0: never. "
                + "[env GIGASTT_INFERENCE_TIMEOUT_SECS; default 600]"))
    var inferenceTimeoutSecs: UInt32?

    @OptionGroup var budget: ServeBudgetOptions

    @Option(
        help: "Requests a minute from one address; 0: no limit. [env GIGASTT_RATE_LIMIT_PER_MINUTE; default 0]")
    var rateLimitPerMinute: UInt32?

    @Option(help: "Requests that may come at once. [env GIGASTT_RATE_LIMIT_BURST; default 10]")
    var rateLimitBurst: UInt32?

    @Option(help: "Connections at the same time; more wait. [env GIGASTT_MAX_CONNECTIONS; default 10000]")
    var maxConnections: UInt32?

    @Option(help: "Seconds that a connection may be idle. [env GIGASTT_KEEP_ALIVE_SECS; default 60]")
    var keepAliveSecs: UInt32?

    @Option(help: "Seconds for a TLS handshake. [env GIGASTT_TLS_HANDSHAKE_TIMEOUT_SECS; default 10]")
    var tlsHandshakeTimeoutSecs: UInt32?

    @Option(
        help: ArgumentHelp(
            "Slowest upload in bytes a second, after the first 30 s; 0: no limit. "
                + "[env GIGASTT_MIN_UPLOAD_BYTES_PER_SEC; default 16000]"))
    var minUploadBytesPerSec: UInt32?

    @Option(help: "Seconds between two pings of a live session. [env GIGASTT_PING_INTERVAL_SECS; default 30]")
    var pingIntervalSecs: UInt32?

    @Option(
        help: ArgumentHelp(
            "Seconds for which a client may take nothing of what is sent to it. "
                + "[env GIGASTT_WRITE_TIMEOUT_SECS; default 30]"))
    var writeTimeoutSecs: UInt32?

    @Option(help: "Seconds that a shutdown may take. [env GIGASTT_SHUTDOWN_DRAIN_SECS; default 10]")
    var shutdownDrainSecs: UInt32?

    @Option(
        help: ArgumentHelp(
            "Seconds for which /ready answers 503 after a signal, before the shutdown begins. "
                + "[env GIGASTT_LAME_DUCK_SECS; default 0]"))
    var lameDuckSecs: UInt32?

    /// Flags and variables, without the file; `others` are flags of other groups.
    func sources(_ others: [ServeLimit: UInt64?] = [:]) throws -> LimitSources {
        var sources = LimitSources()
        sources.flags = flags.merging(others) { $1 }.compactMapValues(\.self)
        for limit in ServeLimit.allCases {
            sources.environment[limit] = try Setting.optional(nil, variable: limit.variable) { text in
                UInt64(text).flatMap { limit.range.contains($0) ? $0 : nil }
            }
        }
        return sources
    }

    /// The configuration file; `nil` when there is none.
    func file() throws -> URL? { try Setting.url(config, variable: nil) }

    /// How long the port stays open after the signal to stop.
    func lameDuck() throws -> Duration {
        let seconds = try Setting.value(
            lameDuckSecs, variable: "GIGASTT_LAME_DUCK_SECS", default: 0, parse: { UInt32($0) })
        return .seconds(Int64(seconds))
    }

    private var flags: [ServeLimit: UInt64?] {
        [
            .idleTimeout: idleTimeoutSecs.map(UInt64.init),
            .messageByteCount: wsFrameMaxBytes.map(UInt64.init),
            .bodyByteCount: bodyLimitBytes.map { min($0, UInt64(Int64.max)) },
            .sessionLength: maxSessionSecs.map(UInt64.init),
            .drainTimeout: shutdownDrainSecs.map(UInt64.init),
            .queueTimeout: poolCheckoutTimeoutSecs.map(UInt64.init),
            .inferenceTimeout: inferenceTimeoutSecs.map(UInt64.init),
            .audioLength: maxAudioSecs.map(UInt64.init),
            .ratePerMinute: rateLimitPerMinute.map(UInt64.init),
            .rateBurst: rateLimitBurst.map(UInt64.init),
            .connectionCount: maxConnections.map(UInt64.init),
            .idleConnectionTimeout: keepAliveSecs.map(UInt64.init),
            .handshake: tlsHandshakeTimeoutSecs.map(UInt64.init),
            .uploadRate: minUploadBytesPerSec.map(UInt64.init),
            .pingInterval: pingIntervalSecs.map(UInt64.init),
            .writeTimeout: writeTimeoutSecs.map(UInt64.init),
        ].merging(budget.flags) { $1 }
    }
}
