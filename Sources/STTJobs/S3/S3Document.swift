import Foundation

/// The texts of elements in a document of XML, as far as an object store writes any.
struct S3Document: Sendable {
    private let text: Substring

    init(_ text: String) { self.text = text[...] }

    private init(_ text: Substring) { self.text = text }

    /// The last one is that of the others' first character.
    private static let escapes = [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#34;", "\""), ("&#39;", "'"),
        ("&amp;", "&"),
    ]

    /// The elements with a name, in order; none that is within another one of the same name.
    func elements(_ name: String) -> [S3Document] {
        var (found, rest) = ([S3Document](), text)
        while let start = rest.range(of: "<\(name)>"), let end = rest[start.upperBound...].range(of: "</\(name)>") {
            found.append(S3Document(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }

    /// The text of the first element with a name.
    func text(of name: String) -> String? {
        elements(name).first.map { element in
            Self.escapes.reduce(String(element.text)) { $0.replacing($1.0, with: $1.1) }
        }
    }
}

/// A page of the list of objects (`ListObjectsV2`).
struct S3Page: Sendable {
    /// The names of objects behind the prefix, and when each was changed, in seconds since 1970.
    let times: [String: Double]
    /// Where the next page begins; `nil` on the last one.
    let next: String?

    init(_ document: String, prefix: String) {
        let document = S3Document(document)
        let objects = document.elements("Contents").compactMap { object -> (String, Double)? in
            guard let key = object.text(of: "Key"), key.hasPrefix(prefix),
                let time = object.text(of: "LastModified").flatMap(Self.time)
            else { return nil }
            return (String(key.dropFirst(prefix.count)), time)
        }
        times = Dictionary(objects) { max($0, $1) }
        next = document.text(of: "IsTruncated") == "true" ? document.text(of: "NextContinuationToken") : nil
    }

    private static func time(_ text: String) -> Double? {
        let styles = [true, false].map { Date.ISO8601FormatStyle(includingFractionalSeconds: $0) }
        return styles.lazy.compactMap { try? $0.parse(text) }.first?.timeIntervalSince1970
    }
}
