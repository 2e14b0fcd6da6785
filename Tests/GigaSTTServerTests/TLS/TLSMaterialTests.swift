import Foundation
import GigaSTTServer
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct TLSMaterialTests {
    @Test func filesThatAreNoPairAreNamed() async throws {
        let (first, second) = (try await TestCertificate(), try await TestCertificate())
        let folder = try TemporaryFolder()
        let nonsense = try folder.write(Data("-----BEGIN CERTIFICATE-----\nAAAA\n".utf8), as: "nonsense")
        let empty = try folder.write(Data(), as: "empty")
        let (certificate, key) = (first.files.certificate, first.files.privateKey)
        let locked = folder.path("locked")
        let result = try await Program().shell(
            #"exec openssl pkcs8 -topk8 -passout pass:secret -in "$1" -out "$2""#, [key, locked])
        #expect(result.code == 0)
        let cases = [
            (folder.path("missing"), key, "--tls-cert: the file cannot be read"),
            (certificate, folder.path("missing"), "--tls-key: the file cannot be read"),
            (nonsense, key, "--tls-cert: the file holds no certificate"),
            (empty, key, "--tls-cert: the file holds no certificate"),
            (key, key, "--tls-cert: the file holds no certificate"),
            (certificate, certificate, "--tls-key: the file holds no private key"),
            (certificate, empty, "--tls-key: the file holds no private key"),
            (certificate, locked, "--tls-key: the file holds no private key in PEM format, or one with a password"),
            (certificate, second.files.privateKey, "--tls-key: the private key does not belong"),
        ]
        for (certificate, key, claim) in cases {
            let error = #expect(throws: ServerError.self) {
                try TLSMaterial(TLSCertificateFiles(certificate: certificate, privateKey: key))
            }
            #expect(error?.code == .fileUnusable && error?.message.hasPrefix(claim) == true, "\(claim)")
        }
        #expect(try TLSMaterial(first.files).warnings == [])
    }

    @Test func operatorIsWarned() async throws {
        let certificate = try await TestCertificate()
        #expect(chmod(certificate.files.privateKey, 0o644) == 0)
        let later = Date().addingTimeInterval(3 * 86_400)
        let warnings = try TLSMaterial(certificate.files, now: later).warnings
        #expect(warnings.count == 2 && warnings[0].contains("--tls-key") && warnings[1].contains("expired"))
    }
}
