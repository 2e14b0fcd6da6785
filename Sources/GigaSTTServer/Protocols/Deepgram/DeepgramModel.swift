import Crypto
import Foundation
import STTValues

/// How the model that serves is named in answers of Deepgram's interface.
struct DeepgramModel: Sendable, Hashable {
    let name: String
    let head: String

    /// The same identifier for the same name, in the form of a UUID (RFC 9562 section 5.8).
    var identifier: String {
        var bytes = Array(SHA256.hash(data: Data(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.hexadecimal
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            String(Array(digits)[range])
        }
        return groups.joined(separator: "-")
    }

    var json: JSONValue { ["name": .string(name), "version": "3", "arch": .string(head)] }
}

extension Sequence<UInt8> {
    /// Two hexadecimal digits for each byte.
    var hexadecimal: String {
        map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }
}

extension Double {
    /// The time in whole milliseconds: sums of doubles would show their rounding.
    var wholeMilliseconds: Double { (self * 1_000).rounded() / 1_000 }
}

/// Answers of Deepgram's interface that live sessions and recordings share.
enum DeepgramJSON {
    /// The readings of what was said, the best first.
    static func alternatives(_ readings: [DeepgramReading], isFormatted: Bool) -> JSONValue {
        .array(readings.map { .object(members($0, isFormatted: isFormatted)) })
    }

    /// Its members: the text, how sure it is, and the words.
    static func members(_ reading: DeepgramReading, isFormatted: Bool) -> [(String, JSONValue?)] {
        let words = isFormatted ? reading.writtenWords : reading.plainWords
        let transcript = isFormatted ? reading.text : words.map(\.plain).joined(separator: " ")
        return [
            ("transcript", .string(transcript)), ("confidence", .number(reading.words.meanConfidence ?? 0)),
            (
                "words",
                .array(
                    words.map { word in
                        [
                            "word": .string(word.plain), "start": .number(word.start), "end": .number(word.end),
                            "confidence": .number(word.confidence), "speaker": word.speaker.map { .integer($0) },
                            "punctuated_word": isFormatted ? .string(word.written) : nil,
                        ]
                    })
            ),
        ]
    }

    /// The member `warnings` of the metadata; `nil` when there is nothing to say.
    static func warnings(_ hotwords: HotwordNote?) -> JSONValue? {
        hotwords.map { note in
            .array([.object([("parameter", "keyterm"), ("type", .string(HotwordNote.code))] + note.details)])
        }
    }

    /// A moment as ISO 8601 in UTC.
    static func moment(_ timestamp: Double) -> JSONValue {
        .string(Date(timeIntervalSince1970: timestamp).formatted(.iso8601))
    }
}
