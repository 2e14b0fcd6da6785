import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A file that is part of the program and served as it is. Browsers ask each time whether it has changed.
struct ServedFile: Sendable {
    let content: ByteBuffer
    /// The header of the answer.
    let fields: HTTPFields

    /// A file with the header fields that its type needs beside the usual ones.
    init(_ content: some Collection<UInt8>, type: String, fields: HTTPFields = [:]) {
        self.content = ByteBuffer(bytes: content)
        var fields = fields
        fields[.contentType] = type
        fields[.eTag] = "\"\(Self.digest(content).hexadecimal.prefix(32))\""
        // A new version of the program is a new page at once; 304 keeps the question cheap.
        fields[.cacheControl] = "no-cache"
        self.fields = fields
    }

    /// The file, or 304 for a browser that has it.
    func answer(_ request: Request) -> Response {
        let known = request.headers[values: .ifNoneMatch].joined(separator: ",").split(separator: ",")
        let isKnown = known.contains { tag in
            let tag = tag.trimmingCharacters(in: .whitespaces)
            // Weak comparison (RFC 9110 section 13.1.2).
            return tag == "*" || (tag.hasPrefix("W/") ? String(tag.dropFirst(2)) : tag) == fields[.eTag]
        }
        if isKnown {
            var kept = fields
            kept[.contentType] = nil
            return Response(status: .notModified, headers: kept)
        }
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: content))
    }

    /// The SHA-256 of some bytes.
    static func digest(_ content: some Collection<UInt8>) -> Data { Data(SHA256.hash(data: Data(content))) }
}

extension Data {
    fileprivate var hexadecimal: String {
        map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }
}
