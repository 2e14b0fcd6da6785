import ArgumentParser
import GigaSTTServer

/// Metrics and log of a server.
struct ObservabilityOptions: ParsableArguments {
    @Flag(help: "Serve Prometheus metrics on a separate address. [env GIGASTT_METRICS]")
    var metrics = false

    @Option(
        help: ArgumentHelp(
            "Address of the metrics; port 0 takes a free one. [env GIGASTT_METRICS_LISTEN; default 127.0.0.1:9090]",
            valueName: "address:port"))
    var metricsListen: ListenAddress?

    @Flag(
        help: "Serve the metrics without an API key although there are keys. [env GIGASTT_METRICS_WITHOUT_KEY]")
    var metricsWithoutKey = false

    @Option(help: "Log lines on standard error: text or json. [env GIGASTT_LOG_FORMAT; default text]")
    var logFormat: LogFormat?

    func apply(to settings: inout ServerSettings) throws {
        // An invalid address is an error also without --metrics.
        let address = try Setting.value(
            metricsListen, variable: "GIGASTT_METRICS_LISTEN", default: ListenAddress(host: "127.0.0.1", port: 9090),
            parse: { ListenAddress($0) })
        settings.metrics = try Setting.flag(metrics, variable: "GIGASTT_METRICS") ? address : nil
        settings.metricsWithoutKey = try Setting.flag(metricsWithoutKey, variable: "GIGASTT_METRICS_WITHOUT_KEY")
    }

    /// How the log is written.
    func format() throws -> LogFormat {
        try Setting.value(
            logFormat, variable: "GIGASTT_LOG_FORMAT", default: .text, parse: { LogFormat(rawValue: $0) })
    }
}
