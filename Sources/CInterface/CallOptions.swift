import CGigaSTT
import Foundation
import GigaSTT

/// The options of a call: a JSON object, of which each member is taken once.
struct CallOptions {
    private enum Member: Decodable {
        case null, boolean(Bool), number(Double), text(String), texts([String])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if let boolean = try? value.decode(Bool.self) {
                self = .boolean(boolean)
            } else if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else if let text = try? value.decode(String.self) {
                self = .text(text)
            } else {
                self = .texts(try value.decode([String].self))
            }
        }
    }

    private var members: [String: Member] = [:]

    /// Reads the argument `options`; NULL is no options.
    init(_ pointer: UnsafePointer<CChar>?) throws(CallFailure) {
        guard pointer != nil else { return }
        let json = try textArgument(pointer, "options")
        do {
            members = try JSONDecoder().decode([String: Member].self, from: Data(json.utf8))
        } catch {
            throw CallFailure(
                GIGASTT_ERROR_INVALID_ARGUMENT, "The options are no JSON object of such values. See gigastt.h.",
                detail: "\(error)")
        }
    }

    mutating func boolean(_ name: String) throws(CallFailure) -> Bool? {
        switch members.removeValue(forKey: name) {
        case nil, .null: nil
        case .boolean(let value): value
        default: throw .invalid("The option \(name) is true or false.")
        }
    }

    mutating func number(_ name: String, in range: ClosedRange<Double>) throws(CallFailure) -> Double? {
        switch members.removeValue(forKey: name) {
        case nil, .null: return nil
        case .number(let value) where range.contains(value): return value
        default:
            throw .invalid("The option \(name) is a number from \(Int(range.lowerBound)) to \(Int(range.upperBound)).")
        }
    }

    mutating func count(_ name: String) throws(CallFailure) -> Int? {
        guard let value = try number(name, in: 1...256) else { return nil }
        guard let count = Int(exactly: value) else { throw .invalid("The option \(name) is a whole number.") }
        return count
    }

    mutating func text(_ name: String) throws(CallFailure) -> String? {
        switch members.removeValue(forKey: name) {
        case nil, .null: nil
        case .text(let value): value
        default: throw .invalid("The option \(name) is a text.")
        }
    }

    mutating func texts(_ name: String) throws(CallFailure) -> [String]? {
        switch members.removeValue(forKey: name) {
        case nil, .null: nil
        case .texts(let values): values
        default: throw .invalid("The option \(name) is an array of texts.")
        }
    }

    /// One of several words.
    mutating func choice<Value>(_ name: String, _ find: (String) -> Value?) throws(CallFailure) -> Value? {
        guard let word = try text(name) else { return nil }
        guard let value = find(word) else {
            throw .invalid("The option \(name) has no value \"\(word)\". See gigastt.h.")
        }
        return value
    }

    /// Whether a member is there and `null`, where that has a meaning of its own.
    mutating func isNull(_ name: String) -> Bool {
        guard case .null = members[name] else { return false }
        members[name] = nil
        return true
    }

    /// Throws for what was not taken.
    func finish() throws(CallFailure) {
        guard let name = members.keys.min() else { return }
        throw .invalid("There is no option \(name) here. See gigastt.h.")
    }
}
