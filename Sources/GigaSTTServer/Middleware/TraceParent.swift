import HTTPTypes

/// The position of a request in a distributed trace: the header `traceparent` (W3C Trace Context, section 3.2).
struct TraceParent: Sendable, Hashable, CustomStringConvertible {
    /// The header's value.
    let description: String

    /// Reads the header; `nil` when it is absent, comes twice or does not follow version 00 of the format.
    init?(_ fields: HTTPFields) {
        let values = fields[values: .traceParent]
        guard values.count == 1, let text = values.first else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let isHexadecimal = parts.allSatisfy { part in
            part.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        }
        guard parts.map(\.count) == [2, 32, 16, 2], isHexadecimal, parts[0].elementsEqual("00".utf8),
            parts[1].contains(where: { $0 != 48 }), parts[2].contains(where: { $0 != 48 })
        else { return nil }
        description = text
    }

    /// 32 hexadecimal digits.
    var traceID: Substring { description.dropFirst(3).prefix(32) }
    /// 16 hexadecimal digits: the caller's span.
    var parentID: Substring { description.dropFirst(36).prefix(16) }
}
