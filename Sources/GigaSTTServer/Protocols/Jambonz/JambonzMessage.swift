import Foundation
import GigaSTT

/// A text message of jambonz.
enum JambonzMessage: Sendable, Hashable {
    case start(JambonzStart)
    /// A `start` that cannot be applied, and what is wrong with it.
    case invalidStart(reason: String)
    case stop
    case unknown

    init(_ text: String) {
        switch JSONMembers(text)?.single("type") {
        case .string("stop")?: self = .stop
        case .string("start")?:
            do {
                self = .start(try JSONDecoder().decode(JambonzStart.self, from: Data(text.utf8)))
            } catch DecodingError.typeMismatch(_, let context) {
                // Only names of this protocol: the client's own are not repeated.
                let name = context.codingPath.first?.stringValue
                self = .invalidStart(reason: name.map { "\($0) is not usable" } ?? "start is not usable")
            } catch {
                self = .invalidStart(reason: "start is not usable")
            }
        default: self = .unknown
        }
    }
}

/// The fields of `start`; absent ones are those of jambonz' own calls.
struct JambonzStart: Sendable, Hashable, Decodable {
    let language: String?
    let interimResults: Bool
    /// Phrases to prefer.
    let hints: [String]?
    let callSid: String?
    private let encoding: String?
    private let sampleRate: Double?

    private enum CodingKeys: String, CodingKey {
        case language, encoding, interimResults, options
        case sampleRate = "sampleRateHz"
    }

    /// The operator's own options stand beside these.
    private enum OptionKeys: String, CodingKey { case hints, callSid }

    /// A phrase alone, or with a weight.
    private struct Hint: Decodable {
        let phrase: String

        private enum CodingKeys: String, CodingKey { case phrase }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                phrase = text
            } else {
                phrase = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .phrase)
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        language = try container.decodeIfPresent(String.self, forKey: .language)
        encoding = try container.decodeIfPresent(String.self, forKey: .encoding)
        sampleRate = try container.decodeIfPresent(Double.self, forKey: .sampleRate)
        interimResults = try container.decodeIfPresent(Bool.self, forKey: .interimResults) ?? false
        let options = try? container.nestedContainer(keyedBy: OptionKeys.self, forKey: .options)
        callSid = try? options?.decodeIfPresent(String.self, forKey: .callSid)
        var list = try? options?.decodeIfPresent([Hint].self, forKey: .hints)
        // jambonz writes those with weights as a text of JSON.
        if let text = try? options?.decodeIfPresent(String.self, forKey: .hints) {
            list = try? JSONDecoder().decode([Hint].self, from: Data(text.utf8))
        }
        hints = list?.map(\.phrase)
    }

    /// `nil` where it is not PCM16 of a rate that is supported.
    var format: PCMFormat? {
        guard encoding ?? "LINEAR16" == "LINEAR16", let rate = Int(exactly: sampleRate ?? 8_000),
            let encoding = try? HeaderlessEncoding(codec: .slin, sampleRate: rate)
        else { return nil }
        return try? PCMFormat.headerless(encoding)
    }
}
