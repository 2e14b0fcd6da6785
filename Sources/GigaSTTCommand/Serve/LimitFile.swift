import Foundation
import GigaSTT
import GigaSTTServer
import TOMLKit

/// The configuration file of a server: limits and how texts are written in TOML, without sections.
struct LimitFile: Sendable {
    /// A file has some ten short lines.
    static let byteLimit = 65_536
    /// A key of gigastt that has no effect there either: the flag decides.
    static let ignoredKey = "jobs_enabled"

    let values: LimitSources.Values
    /// How texts are written; every value has been read once.
    let texts: [TextSources.Key: String]
    /// The protocols that it asks for; read at the start only.
    let protocols: ProtocolChoices
    /// The receiver of webhooks; read at the start only.
    let webhook: WebhookChoices
    /// A sentence for each key that is not known.
    let warnings: [String]

    /// Reads a file.
    ///
    /// Throws `fileUnusable` for one that cannot be read or holds a value that makes no sense.
    init(at url: URL) throws(ServerError) {
        let content: Data
        do {
            let file = try FileHandle(forReadingFrom: url)
            defer { try? file.close() }
            content = try file.read(upToCount: Self.byteLimit + 1) ?? Data()
        } catch {
            throw Self.failure("cannot be read; check that it is there and may be read by this program")
        }
        guard content.count <= Self.byteLimit else { throw Self.failure("is longer than \(Self.byteLimit) bytes") }
        guard let text = String(validating: content, as: UTF8.self) else { throw Self.failure("is not UTF-8") }
        try self.init(text: text)
    }

    /// Understands the text of a file.
    init(text: String) throws(ServerError) {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw Self.failure("is not valid TOML at line \(error.source.begin.line): \(error.description)")
        } catch {
            throw Self.failure("is not valid TOML")
        }
        var values: LimitSources.Values = [:]
        var texts: [TextSources.Key: String] = [:]
        var (protocols, webhook) = (ProtocolChoices(), WebhookChoices())
        var warnings: [String] = []
        for (key, value) in table {
            if let limit = ServeLimit(rawValue: key) {
                guard let number = value.int.flatMap(UInt64.init(exactly:)), limit.range.contains(number) else {
                    let range = limit.range
                    throw Self.failure(
                        "has an unusable value for \(key); "
                            + "a whole number from \(range.lowerBound) to \(range.upperBound) is allowed")
                }
                values[limit] = number
            } else if let text = TextSources.Key(rawValue: key) {
                texts[text] = try Self.word(value, of: text)
            } else if try Self.isWebhook(key, value, &webhook) {
                continue
            } else if try Self.isProtocol(key, value, &protocols) {
                continue
            } else if key != Self.ignoredKey {
                warnings.append("the configuration file has an unknown key, which is ignored: \(Self.quoted(key))")
            }
        }
        self.values = values
        self.texts = texts
        self.protocols = protocols
        self.webhook = webhook
        self.warnings = warnings.sorted()
    }

    /// A word, or a boolean where one is meant.
    private static func word(_ value: any TOMLValueConvertible, of key: TextSources.Key) throws(ServerError) -> String {
        var text = TextFormatting()
        guard let word = value.string ?? value.bool.map(String.init), (try? key.apply(word, to: &text)) != nil else {
            throw failure("has an unusable value for \(key.rawValue); what the flag takes is allowed")
        }
        return word
    }

    private static func isWebhook(
        _ key: String, _ value: any TOMLValueConvertible, _ webhook: inout WebhookChoices
    ) throws(ServerError) -> Bool {
        guard let member = WebhookChoices.members[key] else { return false }
        guard let text = value.string, !text.isEmpty else {
            throw failure("has an unusable value for \(key); a text in quotes is allowed")
        }
        webhook[keyPath: member] = text
        return true
    }

    private static func isProtocol(
        _ key: String, _ value: any TOMLValueConvertible, _ protocols: inout ProtocolChoices
    ) throws(ServerError) -> Bool {
        do {
            return try protocols.read(key, value)
        } catch {
            throw failure("has an unusable value for \(key); \(error.expected) is allowed")
        }
    }

    /// A key may hold anything, and as much of it as the file.
    private static func quoted(_ key: String) -> String {
        "\"" + key.unicodeScalars.prefix(64).map { $0.escaped(asASCII: true) }.joined() + "\""
    }

    private static func failure(_ reason: String) -> ServerError {
        ServerError(.fileUnusable, "the configuration file \(reason)")
    }
}
