import ArgumentParser
import Foundation
import GigaSTTServer

/// Where a server listens, and which origins may use it.
struct ServeNetworkOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "Port; 0 takes a free one. [default 9876]")
    var port: UInt16 = 9876

    @Option(help: "Address to listen on. [default 127.0.0.1]")
    var host = "127.0.0.1"

    @Flag(
        name: .customLong("bind-all"), help: "Allow binding to a non-loopback address. [env GIGASTT_ALLOW_BIND_ANY]")
    var allowsNonLoopback = false

    @Option(
        help: ArgumentHelp(
            "Origin whose pages may use the server, scheme and host, with a port that is not the scheme's own; repeatable. "
                + "\"null\", paths and wildcards are refused.", valueName: "url"))
    var allowOrigin: [String] = []

    @Flag(help: "Allow pages of any origin but \"null\".")
    var corsAllowAny = false

    @Option(
        help: ArgumentHelp(
            "Address under which browsers reach the server through a proxy: its origin and host name are allowed. "
                + "[env GIGASTT_PUBLIC_URL]", valueName: "url"))
    var publicUrl: PublicURL?

    @Option(
        help: ArgumentHelp(
            "Host name under which the server answers, beside its addresses and the machine's own names; repeatable, without "
                + "wildcards. "
                + "Other names are then refused; on a loopback address they always are.", valueName: "name"))
    var allowHost: [String] = []

    func apply(to settings: inout ServerSettings) throws {
        settings.host = host
        settings.port = Int(port)
        let variable = ProcessInfo.processInfo.environment["GIGASTT_ALLOW_BIND_ANY"] ?? ""
        settings.allowsNonLoopback = allowsNonLoopback || BindPolicy.consents(variable)
        settings.origins.allowed = allowOrigin
        settings.origins.allowsAny = corsAllowAny
        settings.publicURL = try Setting.optional(
            publicUrl, variable: "GIGASTT_PUBLIC_URL", parse: { PublicURL($0) })
        settings.allowedHosts = allowHost
    }
}
