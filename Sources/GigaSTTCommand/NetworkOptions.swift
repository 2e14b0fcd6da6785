import ArgumentParser
import Foundation
import GigaSTTDownload

/// Where missing models are downloaded from.
struct NetworkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Base URL of a copy of the model files to download. [env GIGASTT_MODEL_MIRROR]", valueName: "url"))
    var mirror: String?

    func validate() throws {
        do {
            _ = try mirror.map(Mirror.init)
        } catch {
            throw ValidationError(error.operatorMessage)
        }
    }

    /// The flags, without the environment, which is read only when something is downloaded.
    func values(offline: Bool) -> Values { Values(isOffline: offline, mirror: mirror) }

    /// The flags that concern the network.
    struct Values: Sendable, Hashable {
        var isOffline = false
        var mirror: String?

        /// The flags, then the environment: GIGASTT_OFFLINE, GIGASTT_MODEL_MIRROR, HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and
        /// NO_PROXY.
        func configuration() throws(DownloadError) -> DownloadConfiguration {
            try DownloadConfiguration(
                environment: ProcessInfo.processInfo.environment, offline: isOffline, mirror: mirror)
        }
    }
}
