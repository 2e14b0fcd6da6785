import Logging
import NIOPosix
import NIOSSL

/// Everything that decides who gets in, and that SIGHUP can change.
struct Entrance: Sendable {
    let access: AccessGate
    let rate: RateGate
    /// The certificate; `nil`: nothing is encrypted.
    let identity: TLSIdentity?

    /// Reads the files that the settings name.
    ///
    /// Throws `ServerError` with code `settingInvalid` or `fileUnusable`.
    init(_ settings: ServerSettings, _ logger: Logger) throws(ServerError) {
        try settings.rateLimit.check()
        rate = RateGate(settings.rateLimit, trustsProxy: settings.trustsProxy)
        if let path = settings.apiKeyFile {
            access = AccessGate(try Self.keys(path, logger))
        } else {
            access = AccessGate(nil)
        }
        if let files = settings.tls {
            identity = TLSIdentity(try Self.certificate(files, logger))
        } else {
            identity = nil
        }
    }

    /// What a request has to pass.
    var admission: Admission { Admission(rate: rate, access: access) }

    /// The files that are read again on SIGHUP.
    func reloads(_ settings: ServerSettings, _ logger: Logger) -> [ReloadAction] {
        var actions: [ReloadAction] = []
        if let path = settings.apiKeyFile {
            actions.append(
                ReloadAction("API keys") { [access] in
                    // Disks block, tasks must not.
                    access.replace(try await NIOThreadPool.singleton.runIfActive { try Self.keys(path, logger) })
                })
        }
        if let identity, let files = settings.tls {
            actions.append(
                ReloadAction("certificate") {
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

    private static func certificate(_ files: TLSFiles, _ logger: Logger) throws(ServerError) -> NIOSSLContext {
        let material = try TLSMaterial(files)
        for warning in material.warnings { logger.warning("\(warning)") }
        return material.context
    }
}
