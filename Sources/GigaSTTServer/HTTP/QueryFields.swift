import Foundation
import HTTPTypes
import STTValues

/// The fields of a query string (`application/x-www-form-urlencoded`). What is not percent-encoded UTF-8 is decoded as the
/// URL standard says: a `%` without two digits is itself, bytes that are no UTF-8 become U+FFFD.
///
/// A field that comes twice is an error when its value is read, unless it is read as a list; unknown fields are none.
struct QueryFields: Sendable, Hashable {
    private var values: [String: [String]] = [:]

    init(_ query: String?) {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.decoded)
            values[parts[0], default: []].append(parts.count > 1 ? parts[1] : "")
        }
    }

    /// The value as it was written; `nil` when the field is absent. Throws `invalid_query` for a field that comes twice.
    subscript(name: String) -> String? {
        get throws(HTTPFailure) {
            guard let all = values[name] else { return nil }
            guard all.count == 1 else { throw Self.failure("duplicate field `\(name)`") }
            return all[0]
        }
    }

    /// The values of a field that may be repeated, in order.
    func list(_ name: String) -> [String] { values[name] ?? [] }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = hexadecimal(rest.prefix(2)) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value of two digits; `nil` for anything else, a sign included.
    private static func hexadecimal(_ digits: Substring.UTF8View.SubSequence) -> UInt8? {
        let values = digits.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        return values.count == 2 ? UInt8(values[0] << 4 | values[1]) : nil
    }

    /// `true` or `false`; other words are errors.
    func boolean(_ name: String) throws(HTTPFailure) -> Bool? {
        switch try self[name] {
        case nil: nil
        case "true": true
        case "false": false
        default: throw Self.failure("\(name): provided string was not `true` or `false`")
        }
    }

    /// `cues`: how words are grouped into subtitles.
    func cues() throws(HTTPFailure) -> CueGrouping? {
        guard let text = try self["cues"] else { return nil }
        guard let grouping = CueGrouping(rawValue: text) else {
            throw Self.failure("cues: provided string was not `natural` or `compat`")
        }
        return grouping
    }

    /// `captions`: which rules subtitles obey.
    func captions() throws(HTTPFailure) -> CaptionStyle? {
        guard let text = try self["captions"] else { return nil }
        guard let style = CaptionStyle(rawValue: text) else {
            throw Self.failure("captions: provided string was not `lines` or `broadcast`")
        }
        return style
    }

    /// `track`: the number of an audio track, from 1.
    func track() throws(HTTPFailure) -> Int? {
        let track = try number("track")
        guard track != 0 else { throw Self.failure("track: tracks are counted from 1") }
        return track
    }

    /// `commit_policy`: which text of an open utterance is committed. Throws `invalid_commit_policy`.
    func commitPolicy() throws(HTTPFailure) -> CommitPolicy? {
        guard let name = try self["commit_policy"] else { return nil }
        guard let policy = CommitPolicy(name: name) else {
            let known = CommitPolicy.allCases.map(\.rawValue).joined(separator: ", ")
            throw HTTPFailure(
                .badRequest, code: "invalid_commit_policy", "Unsupported commit_policy. Supported: \(known)")
        }
        return policy
    }

    /// `max_alternatives`: the readings of each utterance.
    func alternatives() throws(HTTPFailure) -> Int? {
        guard let count = try number("max_alternatives") else { return nil }
        guard (1...10).contains(count) else { throw Self.failure("max_alternatives: must be 1 to 10") }
        return count
    }

    /// `word_times`: what the end of a word is.
    func wordEnds() throws(HTTPFailure) -> WordEnds? {
        switch try self["word_times"] {
        case nil: nil
        case "natural": .spoken
        case "compat": .lastToken
        default: throw Self.failure("word_times: provided string was not `natural` or `compat`")
        }
    }

    /// `confidence`: what the confidence of a word is.
    func confidence() throws(HTTPFailure) -> ConfidenceScale? {
        guard let text = try self["confidence"] else { return nil }
        guard let scale = ConfidenceScale(rawValue: text) else {
            throw Self.failure("confidence: provided string was not `raw` or `calibrated`")
        }
        return scale
    }

    /// `itn_policy`: the rules by which numerals become digits.
    func numberStyle() throws(HTTPFailure) -> TextFormatting.NumberStyle? {
        guard let text = try self["itn_policy"] else { return nil }
        guard let style = TextFormatting.NumberStyle(rawValue: text) else {
            throw Self.failure("itn_policy: provided string was not `full` or `compat`")
        }
        return style
    }

    /// `mask`: what is masked, names separated by commas.
    func masks() throws(HTTPFailure) -> Set<TextFormatting.Mask>? {
        guard let text = try self["mask"] else { return nil }
        guard let masks = TextFormatting.Mask.set(names: text) else {
            throw Self.failure("mask: provided string was not `profanity`, `personal`, both with a comma, or `none`")
        }
        return masks
    }

    /// An unsigned decimal number of at most 32 bits.
    func number(_ name: String) throws(HTTPFailure) -> Int? {
        guard let text = try self[name] else { return nil }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt32(text) else {
            throw Self.failure("\(name): invalid digit found in string")
        }
        return Int(number)
    }

    /// A finite decimal number.
    func decimal(_ name: String) throws(HTTPFailure) -> Double? {
        guard let text = try self[name] else { return nil }
        guard let number = Double(text), number.isFinite else {
            throw Self.failure("\(name): invalid float literal")
        }
        return number
    }

    /// `invalid_query` with a reason.
    static func failure(_ reason: String) -> HTTPFailure {
        HTTPFailure(.badRequest, code: "invalid_query", "Failed to deserialize query string: \(reason)")
    }
}
