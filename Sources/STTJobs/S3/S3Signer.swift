import Crypto
import Foundation

/// Signs requests as AWS Signature Version 4 describes it, in a header field.
struct S3Signer: Sendable {
    /// What a request is signed by.
    struct Request {
        var method: String
        /// With a slash at its beginning, and not encoded.
        var path: String
        /// Not encoded.
        var query: [(name: String, value: String)] = []
        /// All fields that are signed; `host` is among them.
        var fields: [(name: String, value: String)]
        /// SHA-256 of the body, in hexadecimal digits.
        var digest: String
    }

    /// SHA-256 of nothing.
    static let emptyDigest = hexadecimal(SHA256.hash(data: Data()))

    let accessKey: String
    let secretKey: String
    let sessionToken: String?
    let region: String

    /// The fields that a request needs beside its own ones, `authorization` included.
    func fields(for request: Request, at date: Date) -> [(name: String, value: String)] {
        let time = Self.time(date)
        var request = request
        var added = [(name: "x-amz-content-sha256", value: request.digest), (name: "x-amz-date", value: time)]
        if let sessionToken { added.append((name: "x-amz-security-token", value: sessionToken)) }
        request.fields += added
        let signed = request.fields.map { (name: $0.name.lowercased(), value: $0.value) }.sorted { $0.name < $1.name }
        let names = signed.map(\.name).joined(separator: ";")
        let canonical = [
            request.method, Self.encoded(request.path, keeping: "/"), Self.encoded(request.query),
            signed.map { "\($0.name):\($0.value.trimmingCharacters(in: .whitespaces))\n" }.joined(), names,
            request.digest,
        ].joined(separator: "\n")
        let day = String(time.prefix(8))
        let scope = "\(day)/\(region)/s3/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n" + Self.hexadecimal(SHA256.hash(data: Data(canonical.utf8)))
        var key = SymmetricKey(data: Data("AWS4\(secretKey)".utf8))
        for part in [day, region, "s3", "aws4_request"] {
            key = SymmetricKey(data: Data(HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key)))
        }
        let signature = Self.hexadecimal(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
        added.append(
            (
                name: "authorization",
                value: "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope), SignedHeaders=\(names), "
                    + "Signature=\(signature)"
            ))
        return added
    }

    /// A query in the order that is signed, encoded.
    static func encoded(_ query: [(name: String, value: String)]) -> String {
        query.map { (encoded($0.name), encoded($0.value)) }.sorted { $0 < $1 }.map { "\($0)=\($1)" }
            .joined(separator: "&")
    }

    /// Percent-encodes everything but the unreserved characters of RFC 3986, and those that are kept.
    static func encoded(_ text: String, keeping kept: String = "") -> String {
        var allowed = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        allowed.insert(charactersIn: kept)
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// `20130524T000000Z`.
    private static func time(_ date: Date) -> String {
        date.formatted(
            Date.ISO8601FormatStyle(
                dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted, timeZone: .gmt))
    }
}
