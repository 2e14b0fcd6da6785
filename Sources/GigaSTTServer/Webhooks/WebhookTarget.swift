import Foundation
import Logging

/// A receiver that was checked: only the operator names one.
struct WebhookTarget: Sendable {
    let url: String
    let secrets: WebhookSecrets
    let settings: WebhookSettings

    /// Reads the file of secrets. Blocks. Neither errors nor warnings hold the URL, whose path may be a secret.
    ///
    /// Throws `ServerError`: `settingInvalid`, `fileUnusable`.
    init(_ settings: WebhookSettings, _ logger: Logger) throws(ServerError) {
        guard let url = URL(string: settings.url), let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = url.host(), !host.isEmpty, url.fragment == nil
        else {
            throw ServerError(.settingInvalid, "--webhook-url must be an https or http URL with a host.")
        }
        guard url.user == nil, url.password == nil else {
            throw ServerError(
                .settingInvalid, "--webhook-url must not hold a user or a password: messages are signed instead.")
        }
        let file = try SettingFile(settings.secretFile, option: "--webhook-secret-file", byteLimit: 4_096)
        secrets = try WebhookSecrets(file.bytes)
        if file.isReadableByOthers {
            logger.warning("every user of this machine may read the file of --webhook-secret-file")
        }
        if scheme == "http", !["localhost", "127.0.0.1", "::1", "[::1]"].contains(host) {
            logger.warning("--webhook-url is not encrypted: what is sent can be read on the way")
        }
        self.url = settings.url
        self.settings = settings
    }
}
