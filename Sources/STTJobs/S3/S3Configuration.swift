import Foundation

/// Where an S3-compatible object store is, and who signs the requests to it.
package struct S3Configuration: Sendable {
    /// Scheme, host and port.
    let endpoint: String
    /// Host and port, as the header field has them.
    let host: String
    let bucket: String
    /// What the names of all objects begin with: empty, or with a slash at its end.
    let prefix: String
    let signer: S3Signer

    /// - Parameters:
    ///   - address: `s3://bucket` or `s3://bucket/prefix`.
    ///   - endpoint: `http://` or `https://`, host and port; `nil`: that of Amazon in the region.
    ///   - region: as the store names it.
    ///   - accessKey: the identifier of the key.
    ///   - secretKey: the key.
    ///   - sessionToken: of temporary keys.
    ///
    /// Throws `JobStoreError` with code `unusable`; its message holds no key.
    package init(
        address: String, endpoint: String?, region: String, accessKey: String, secretKey: String, sessionToken: String?
    ) throws(JobStoreError) {
        guard address.hasPrefix("s3://") else {
            throw Self.wrong("--jobs-audio must be s3://bucket or s3://bucket/prefix.")
        }
        let parts = address.dropFirst(5).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let bucket = parts.first, bucket.wholeMatch(of: /[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]/) != nil else {
            throw Self.wrong("The bucket of --jobs-audio must be 3 to 63 lower-case letters, digits, dots and hyphens.")
        }
        let folders = parts.dropFirst().last?.isEmpty == true ? parts.dropFirst().dropLast() : parts.dropFirst()
        let name = /[A-Za-z0-9_\-][A-Za-z0-9._\-]{0,127}/
        guard folders.allSatisfy({ $0.wholeMatch(of: name) != nil }), folders.count <= 8
        else { throw Self.wrong("The prefix of --jobs-audio must be letters, digits, dots, hyphens and slashes.") }
        guard region.wholeMatch(of: /[A-Za-z0-9_\-]{1,64}/) != nil else {
            throw Self.wrong("AWS_REGION must be the name of a region, such as eu-central-1.")
        }
        let endpoint = endpoint ?? "https://s3.\(region).amazonaws.com"
        let address = /https?:\/\/([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?\/?/
        guard let match = endpoint.wholeMatch(of: address) else {
            throw Self.wrong("AWS_ENDPOINT_URL must be http:// or https:// with a host and a port, and nothing behind.")
        }
        guard !accessKey.isEmpty, !secretKey.isEmpty,
            [accessKey, secretKey, sessionToken ?? ""].allSatisfy({ $0.utf8.allSatisfy { (33...126).contains($0) } })
        else { throw Self.wrong("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which --jobs-audio needs.") }
        self.bucket = bucket
        prefix = folders.map { $0 + "/" }.joined()
        self.endpoint = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        host = String(match.1) + String(match.2 ?? "")
        signer = S3Signer(accessKey: accessKey, secretKey: secretKey, sessionToken: sessionToken, region: region)
    }

    private static func wrong(_ message: String) -> JobStoreError { JobStoreError(.unusable, message) }
}
