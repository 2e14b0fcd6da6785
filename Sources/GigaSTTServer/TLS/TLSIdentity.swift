import Foundation
import NIOSSL
import Synchronization

/// The certificate that new connections are shown. It can be replaced; open connections keep theirs.
final class TLSIdentity: Sendable {
    private let current: Mutex<NIOSSLContext>

    init(_ context: NIOSSLContext) { current = Mutex(context) }

    /// For a new connection.
    var context: NIOSSLContext { current.withLock { $0 } }

    /// For connections from now on.
    func replace(_ context: NIOSSLContext) { current.withLock { $0 = context } }
}

/// A certificate and its key, checked and ready for use.
struct TLSMaterial: Sendable {
    /// Largest file of certificates: a chain has a few, of some kilobytes each.
    static let certificateByteLimit = 1 << 20
    /// Largest file of a key: 16384 bits of RSA have 13 kB.
    static let keyByteLimit = 1 << 16

    let context: NIOSSLContext
    /// What the operator should know about the files.
    let warnings: [String]

    /// Reads the files.
    ///
    /// Throws `ServerError` with code `fileUnusable`.
    init(_ files: TLSCertificateFiles, now: Date = Date()) throws(ServerError) {
        let chainFile = try SettingFile(files.certificate, option: "--tls-cert", byteLimit: Self.certificateByteLimit)
        let keyFile = try SettingFile(files.privateKey, option: "--tls-key", byteLimit: Self.keyByteLimit)
        let chain = try Self.chain(chainFile.bytes)
        guard let key = try? NIOSSLPrivateKey(bytes: keyFile.bytes, format: .pem) else {
            throw ServerError(
                .fileUnusable,
                "--tls-key: the file holds no private key in PEM format, or one with a password. Give one without.")
        }
        guard let context = try? NIOSSLContext(configuration: Self.configuration(chain, key)) else {
            throw ServerError(
                .fileUnusable,
                "--tls-key: the private key does not belong to the first certificate of --tls-cert. Give a pair.")
        }
        self.context = context
        warnings = Self.warnings(chain, keyFile, now)
    }

    private static func chain(_ bytes: [UInt8]) throws(ServerError) -> [NIOSSLCertificate] {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(bytes), !chain.isEmpty else {
            throw ServerError(
                .fileUnusable,
                "--tls-cert: the file holds no certificate in PEM format. Give the certificate, then its issuers'.")
        }
        return chain
    }

    private static func configuration(_ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        // Older ones are broken (RFC 8996).
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }

    private static func warnings(_ chain: [NIOSSLCertificate], _ keyFile: SettingFile, _ now: Date) -> [String] {
        var warnings: [String] = []
        if keyFile.isReadableByOthers { warnings.append("the private key (--tls-key) can be read by every user") }
        if let end = chain.first.map({ TimeInterval($0.notValidAfter) }), end < now.timeIntervalSince1970 {
            warnings.append("the certificate (--tls-cert) has expired; clients will refuse it")
        }
        return warnings
    }
}
