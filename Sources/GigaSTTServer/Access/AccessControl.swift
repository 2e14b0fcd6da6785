import Logging
import NIOPosix
import NIOSSL

/// API keys, rate limit and certificate: what a request is checked against, and SIGHUP can change.
struct AccessControl: Sendable {
    let authenticator: APIKeyAuthenticator
    let limiter: RateLimiter
    /// Whether `X-Forwarded-For` and `X-Real-IP` count from a loopback or private-network proxy.
    let trustsProxy: Bool
    /// Who may use protocols that have no place for a key.
    let keyless: KeylessPolicy
    /// Keys of browsers that end by themselves.
    let ephemeralKeys = EphemeralKeys()
    /// The certificate; `nil`: connections are not encrypted.
    let identity: TLSIdentity?

    /// Reads the files that the settings name.
    ///
    /// Throws `ServerError` with code `settingInvalid` or `fileUnusable`.
    init(_ settings: ServerSettings, _ logger: Logger) throws(ServerError) {
        limiter = RateLimiter(settings.rateLimit)
        trustsProxy = settings.trustsProxy
        keyless = KeylessPolicy(ranges: settings.keylessRanges)
        if let path = settings.apiKeyFile {
            authenticator = APIKeyAuthenticator(try Self.keys(path, logger))
        } else {
            authenticator = APIKeyAuthenticator(nil)
        }
        if let files = settings.tls {
            identity = TLSIdentity(try Self.certificate(files, logger))
        } else {
            identity = nil
        }
    }

    /// What is reloaded on SIGHUP.
    func reloads(_ settings: ServerSettings, _ logger: Logger) -> [Reloadable] {
        var actions: [Reloadable] = []
        if let path = settings.apiKeyFile {
            actions.append(
                Reloadable("API keys") { [authenticator] in
                    // Disks block, tasks must not.
                    authenticator.replace(try await NIOThreadPool.singleton.runIfActive { try Self.keys(path, logger) })
                })
        }
        if let identity, let files = settings.tls {
            actions.append(
                Reloadable("certificate") {
                    identity.replace(
                        try await NIOThreadPool.singleton.runIfActive { try Self.certificate(files, logger) })
                })
        }
        return actions
    }

    private static func keys(_ path: String, _ logger: Logger) throws(ServerError) -> APIKeys {
        let file = try SettingFile(path, option: "--api-key-file", byteLimit: APIKeyFile.byteLimit)
        let content = try APIKeyFile.parse(file.bytes)
        if file.isReadableByOthers, content.holdsSecrets {
            logger.warning("the API keys (--api-key-file) can be read by every user; take the right away (chmod o-r)")
        }
        if file.isWritableByOthers {
            logger.warning(
                "the API keys (--api-key-file) can be changed by every user; take the right away (chmod o-w)")
        }
        return content.keys
    }

    private static func certificate(_ files: TLSCertificateFiles, _ logger: Logger) throws(ServerError) -> NIOSSLContext
    {
        let material = try TLSMaterial(files)
        for warning in material.warnings { logger.warning("\(warning)") }
        return material.context
    }
}
