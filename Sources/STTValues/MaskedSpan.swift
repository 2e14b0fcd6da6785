/// A part of a text that is masked: what it was, and where it stood. It holds nothing of the text.
public struct MaskedSpan: Sendable, Hashable, Codable {
    /// `profanity`, `card`, `phone`, `passport`, `snils`, `inn`, or `number` where the kind was not decided.
    public var kind: String
    /// Where the mask begins in the text, in Unicode scalars from 0.
    public var start: Int
    /// Where the mask ends in the text; the scalar there does not belong to it.
    public var end: Int

    /// What is written instead of each masked part, and instead of each word of one.
    public static let mask = "***"

    /// A part with its place.
    public init(kind: String, start: Int, end: Int) {
        self.kind = kind
        self.start = start
        self.end = end
    }
}

extension Transcript {
    /// The masked parts of the text in order; `nil` when no masking was asked for.
    public var masked: [MaskedSpan]? {
        guard segments.contains(where: { $0.masked != nil }) else { return nil }
        var start = 0
        return segments.flatMap { segment -> [MaskedSpan] in
            defer { if !segment.text.isEmpty { start += segment.text.unicodeScalars.count + 1 } }
            return (segment.masked ?? []).map {
                MaskedSpan(kind: $0.kind, start: start + $0.start, end: start + $0.end)
            }
        }
    }
}
