/// The voice of one person under a name: what the speakers of recordings are compared with.
///
/// It identifies a person: store it only with that person's consent.
public struct VoicePrint: Sendable, Hashable, Codable {
    /// Letters of a name, at most.
    public static let nameLengthLimit = 64

    /// Who it is.
    public var name: String
    /// What the speaker model made of the voice, at length 1.
    public var vector: [Float]
    /// Seconds of speech that it was made of.
    public var seconds: Double
    /// SHA-256 of the speaker model: vectors of different models cannot be compared.
    public var model: String

    /// A voice with all of its facts.
    public init(name: String, vector: [Float], seconds: Double, model: String) {
        (self.name, self.vector, self.seconds, self.model) = (name, vector, seconds, model)
    }

    /// The name without blanks around it.
    ///
    /// Throws `GigaSTTError` with code `invalidOption` for one without letters, that is too long, or with characters that
    /// cannot be shown in a line.
    public static func checkedName(_ text: String) throws(GigaSTTError) -> String {
        let name = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            ![.control, .format, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator].contains(
                scalar.properties.generalCategory)
        }
        guard !name.isEmpty, isPlain, name.count <= nameLengthLimit, name.utf8.count <= 4 * nameLengthLimit else {
            throw GigaSTTError(
                .invalidOption, "A name has 1 to \(nameLengthLimit) characters that can be shown in a line.")
        }
        return name
    }
}
