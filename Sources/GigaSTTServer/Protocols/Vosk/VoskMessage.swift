import Foundation

/// A text message of a Vosk client.
enum VoskMessage: Sendable, Hashable {
    case config(VoskConfig)
    /// A configuration that cannot be applied, and what is wrong with it.
    case invalidConfig(reason: String)
    case eof
    case reset
    case unknown

    /// vosk-server compares `eof` and `reset` as texts with their blanks; here every spelling of the object counts.
    init(_ text: String) {
        let decoder = JSONDecoder()
        let data = Data(text.utf8)
        do {
            let fields = try decoder.decode(Fields.self, from: data)
            if let config = fields.config {
                self = .config(config)
            } else if fields.eof?.value == true {
                self = .eof
            } else {
                self = fields.reset?.value == true ? .reset : .unknown
            }
        } catch let DecodingError.typeMismatch(_, context) where !context.codingPath.isEmpty {
            self = Self.failure(context)
        } catch let DecodingError.dataCorrupted(context) where !context.codingPath.isEmpty {
            self = Self.failure(context)
        } catch {
            self = .unknown
        }
    }

    private static func failure(_ context: DecodingError.Context) -> VoskMessage {
        // Only names of this protocol: the client's own are not repeated.
        let name = context.codingPath.last { $0 is VoskConfig.CodingKeys }?.stringValue
        return .invalidConfig(reason: name.map { "config.\($0) is not usable" } ?? "config is not an object")
    }

    private struct Fields: Decodable {
        let config: VoskConfig?
        let eof: Switch?
        let reset: Switch?

        private enum CodingKeys: String, CodingKey { case config, eof, reset }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            config = try fields.decodeIfPresent(VoskConfig.self, forKey: .config)
            // Another value is no mistake in vosk-server: the message is then not that text.
            eof = try? fields.decode(Switch.self, forKey: .eof)
            reset = try? fields.decode(Switch.self, forKey: .reset)
        }
    }

    /// `true`, a number other than 0, or a text that is not empty, as Python's `bool`.
    fileprivate struct Switch: Decodable {
        let value: Bool

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                value = flag
            } else if let text = try? container.decode(String.self) {
                value = !text.isEmpty
            } else {
                value = try container.decode(Double.self) != 0
            }
        }
    }

    /// A number, or a text of one, as Python's `float` and `int`.
    fileprivate struct Number: Decodable {
        let value: Double
        /// Without its fraction; `nil` for a text that has one.
        let whole: Int?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard let text = try? container.decode(String.self) else {
                value = try container.decode(Double.self)
                whole = Int(exactly: value.rounded(.towardZero))
                return
            }
            let digits = text.trimmingCharacters(in: .whitespaces)
            guard let value = Double(digits) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number")
            }
            (self.value, whole) = (value, Int(digits))
        }
    }
}

/// The fields of `config`; those that are absent or `null` keep their value.
struct VoskConfig: Sendable, Hashable, Decodable {
    /// In Hz; clients write it as a whole number or with a fraction of zero.
    var sampleRate: Double?
    var words: Bool?
    /// Whether partial results have words, too.
    var partialWords: Bool?
    var maximumAlternatives: Int?
    /// Phrases to prefer.
    var phrases: [String]?

    enum CodingKeys: String, CodingKey {
        case sampleRate = "sample_rate"
        case words
        case partialWords = "partial_words"
        case maximumAlternatives = "max_alternatives"
        case phrases = "phrase_list"
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        sampleRate = try container.decodeIfPresent(VoskMessage.Number.self, forKey: .sampleRate)?.value
        words = try container.decodeIfPresent(VoskMessage.Switch.self, forKey: .words)?.value
        partialWords = try container.decodeIfPresent(VoskMessage.Switch.self, forKey: .partialWords)?.value
        let alternatives = try container.decodeIfPresent(VoskMessage.Number.self, forKey: .maximumAlternatives)
        maximumAlternatives = try alternatives.map { number in
            guard let count = number.whole else {
                throw DecodingError.dataCorruptedError(
                    forKey: .maximumAlternatives, in: container, debugDescription: "not a whole number")
            }
            return count
        }
        phrases = try container.decodeIfPresent([String].self, forKey: .phrases)
    }
}
