import ArgumentParser
import Foundation
import GigaSTTDownload

/// Whether and how the network is used.
struct NetworkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Address of a copy of the model folder to fetch from. [env GIGASTT_MODEL_MIRROR]", valueName: "url"))
    var mirror: String?

    /// The flags, of which `--offline` is one of every command, then the environment. Proxies: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
    func configuration(offline: Bool) throws -> DownloadConfiguration {
        do {
            return try DownloadConfiguration(
                environment: ProcessInfo.processInfo.environment, offline: offline, mirror: mirror)
        } catch {
            throw ValidationError(error.operatorMessage)
        }
    }
}
