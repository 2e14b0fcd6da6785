import ArgumentParser
import GigaSTTServer

/// What bounds the work of a server.
struct ServeLimitOptions: ParsableArguments {
    @Option(help: "Seconds without data that end a session; 0: never. [env GIGASTT_IDLE_TIMEOUT_SECS; default 300]")
    var idleTimeoutSecs: UInt32?

    @Option(help: "Largest WebSocket message in bytes. [env GIGASTT_WS_FRAME_MAX_BYTES; default 524288]")
    var wsFrameMaxBytes: UInt32?

    @Option(help: "Largest upload in bytes. [env GIGASTT_BODY_LIMIT_BYTES; default 52428800]")
    var bodyLimitBytes: UInt64?

    @Option(help: "Longest live session in seconds; 0: no limit. [env GIGASTT_MAX_SESSION_SECS; default 3600]")
    var maxSessionSecs: UInt32?

    @Option(help: "Seconds that a shutdown may take. [env GIGASTT_SHUTDOWN_DRAIN_SECS; default 10]")
    var shutdownDrainSecs: UInt32?

    func apply(to settings: inout ServerSettings) throws {
        try set(idleTimeoutSecs, "GIGASTT_IDLE_TIMEOUT_SECS") { settings.session.idleTimeout = .seconds(Int64($0)) }
        try set(wsFrameMaxBytes, "GIGASTT_WS_FRAME_MAX_BYTES") { settings.session.messageByteLimit = Int($0) }
        try set(bodyLimitBytes, "GIGASTT_BODY_LIMIT_BYTES") { settings.bodyByteLimit = Int(clamping: $0) }
        try set(maxSessionSecs, "GIGASTT_MAX_SESSION_SECS") { settings.session.lengthLimit = .seconds(Int64($0)) }
        try set(shutdownDrainSecs, "GIGASTT_SHUTDOWN_DRAIN_SECS") { settings.drain = .seconds(Int64($0)) }
    }

    private func set<Value: FixedWidthInteger>(
        _ flag: Value?, _ variable: String, _ apply: (Value) -> Void
    ) throws {
        if let value = try Setting.optional(flag, variable: variable, parse: { Value($0) }) { apply(value) }
    }
}
