import Crypto
import Foundation
import STTJobs
import STTValues

/// A delivery as its receiver gets it, in the form of Standard Webhooks 1.0. About a job it holds nothing of what was said;
/// that about a call is its transcript.
struct WebhookMessage: Sendable {
    let id: String
    var body: String

    init(_ delivery: Delivery) {
        id = delivery.id
        if let content = delivery.content {
            body = content
            return
        }
        let value: JSONValue = [
            "type": .string("job.\(delivery.state.rawValue)"),
            "timestamp": .string(Self.text(ofTime: delivery.endedAt)),
            "data": [
                "job_id": .string(delivery.job), "status": .string(delivery.state.rawValue),
                "created_at": .number(delivery.createdAt), "updated_at": .number(delivery.endedAt),
                "processed_seconds": .number(delivery.processed),
                "error": delivery.failure.map { .string($0) }, "owner": delivery.owner.map { .string($0) },
            ],
        ]
        body = value.description
    }

    /// The header fields of an attempt. Each secret gives a signature, so that a secret can be replaced without a gap.
    func fields(_ secrets: WebhookSecrets, at now: Double) -> [(name: String, value: String)] {
        let timestamp = "\(Int(now))"
        let content = Data("\(id).\(timestamp).\(body)".utf8)
        let signatures = secrets.keys.map { key in
            "v1," + Data(HMAC<SHA256>.authenticationCode(for: content, using: key)).base64EncodedString()
        }
        return [
            ("webhook-id", id), ("webhook-timestamp", timestamp),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }

    static func text(ofTime seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// The secrets that sign messages.
struct WebhookSecrets: Sendable {
    /// Bytes of a secret (Standard Webhooks).
    static let byteCounts = 24...64
    /// Secrets in force at the same time.
    static let limit = 4

    let keys: [SymmetricKey]

    /// Reads lines of Base64. No error quotes any of them.
    ///
    /// Throws `ServerError` with code `fileUnusable`.
    init(_ bytes: [UInt8]) throws(ServerError) {
        var keys: [SymmetricKey] = []
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        for line in lines.map({ $0.trimmingCharacters(in: .whitespaces) }) where !line.isEmpty && !line.hasPrefix("#") {
            let text = line.hasPrefix("whsec_") ? String(line.dropFirst(6)) : line
            guard let secret = Data(base64Encoded: text), Self.byteCounts.contains(secret.count) else {
                throw ServerError(
                    .fileUnusable,
                    "--webhook-secret-file: a line is not a secret of 24 to 64 bytes in Base64. Make one with: "
                        + "openssl rand -base64 32")
            }
            keys.append(SymmetricKey(data: secret))
        }
        guard (1...Self.limit).contains(keys.count) else {
            throw ServerError(.fileUnusable, "--webhook-secret-file: the file must hold 1 to \(Self.limit) secrets.")
        }
        self.keys = keys
    }
}
