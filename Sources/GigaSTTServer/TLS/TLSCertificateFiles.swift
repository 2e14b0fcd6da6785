/// Where a certificate and its private key lie, both in PEM format.
public struct TLSCertificateFiles: Sendable, Hashable {
    /// Path of the certificate, followed in the file by those that vouch for it.
    public var certificate: String
    /// Path of the private key, which has no password.
    public var privateKey: String

    /// Two paths.
    public init(certificate: String, privateKey: String) {
        self.certificate = certificate
        self.privateKey = privateKey
    }
}
