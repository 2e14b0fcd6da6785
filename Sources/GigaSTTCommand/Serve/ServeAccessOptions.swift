import ArgumentParser
import Foundation
import GigaSTTServer

/// Who may use a server.
struct ServeAccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File of API keys, one a line: NAME ROLE[,ROLE] KEY. [env GIGASTT_API_KEY_FILE; default: no key needed]",
            valueName: "file"))
    var apiKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "Certificate and its issuers' in PEM format: serve HTTPS and WSS. [env GIGASTT_TLS_CERT]", valueName: "file"
        ))
    var tlsCert: String?

    @Option(help: ArgumentHelp("Private key of the certificate. [env GIGASTT_TLS_KEY]", valueName: "file"))
    var tlsKey: String?

    @Flag(
        help: """
            Trust X-Forwarded-For and X-Real-IP from a proxy on loopback or a private network, which must overwrite \
            them. [env GIGASTT_TRUST_PROXY]
            """)
    var trustProxy = false

    func apply(to settings: inout ServerSettings) throws {
        settings.apiKeyFile = try Setting.url(apiKeyFile, variable: "GIGASTT_API_KEY_FILE")?.path
        settings.tls = try files()
        settings.trustsProxy = try Setting.flag(trustProxy, variable: "GIGASTT_TRUST_PROXY")
    }

    private func files() throws -> TLSCertificateFiles? {
        let certificate = try Setting.url(tlsCert, variable: "GIGASTT_TLS_CERT")?.path
        let key = try Setting.url(tlsKey, variable: "GIGASTT_TLS_KEY")?.path
        switch (certificate, key) {
        case (let certificate?, let key?): return TLSCertificateFiles(certificate: certificate, privateKey: key)
        case (nil, nil): return nil
        case (_, nil): throw ValidationError("--tls-cert needs --tls-key, the private key of the certificate")
        case (nil, _): throw ValidationError("--tls-key needs --tls-cert, the certificate of the private key")
        }
    }
}
