import Foundation
import GigaSTTServer
import NIOSSL
import TestSupport

/// A certificate for `localhost`, made by `openssl` for one test.
struct TestCertificate: Sendable {
    let folder: TemporaryFolder
    let files: TLSCertificateFiles

    /// Makes a key and its certificate, which vouches for itself.
    init() async throws {
        folder = try TemporaryFolder()
        files = TLSCertificateFiles(certificate: folder.path("certificate.pem"), privateKey: folder.path("key.pem"))
        try await make()
    }

    /// Puts a new pair in place of the old one.
    func make(days: Int = 2) async throws {
        let result = try await Program().shell(
            """
            exec openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days \(days) \
                -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout "$2" -out "$1"
            """, [files.certificate, files.privateKey])
        guard result.code == 0 else { throw OpenSSLFailed(errors: result.errors) }
    }

    struct OpenSSLFailed: Error { let errors: String }

    /// What a client needs that trusts this certificate as it is now, and none else.
    func trust(_ adjust: (inout TLSConfiguration) -> Void = { _ in }) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(files.certificate))
        adjust(&configuration)
        return try NIOSSLContext(configuration: configuration)
    }
}
