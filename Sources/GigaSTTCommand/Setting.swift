import ArgumentParser
import Foundation

/// A value by precedence: flag, environment variable, default.
enum Setting {
    /// The flag's value, else the variable's, else the default.
    static func value<Value>(
        _ flag: Value?, variable: String, default fallback: Value, parse: (String) -> Value?
    ) throws -> Value {
        try optional(flag, variable: variable, parse: parse) ?? fallback
    }

    /// The flag's value, else the variable's. A variable that is empty counts as not set; one that cannot be read is
    /// a usage error.
    static func optional<Value>(
        _ flag: Value?, variable: String, parse: (String) -> Value?
    ) throws -> Value? {
        if let flag { return flag }
        // Proof: getenv(3) returns a C string of the environment, which this program does not change.
        let text = unsafe getenv(variable).map { unsafe ArgumentBytes.text(ofCString: $0) } ?? ""
        if text.isEmpty { return nil }
        guard let value = parse(text) else {
            throw ValidationError("the environment variable \(variable) has an invalid value: \(text)")
        }
        return value
    }

    /// A number within its range; one outside is moved, with a warning that names the setting.
    static func clamped<Number: Comparable>(_ number: Number, to range: ClosedRange<Number>, _ name: String) -> Number {
        let used = min(max(number, range.lowerBound), range.upperBound)
        if used != number {
            Console.warn("\(name) must be \(range.lowerBound) to \(range.upperBound); using \(used)")
        }
        return used
    }

    /// A path by the same precedence, as a URL that leads to its bytes.
    ///
    /// Throws `ExitFailure` when what is not UTF-8 in it cannot be opened, or made with `makesFolders`.
    static func url(_ flag: String?, variable: String?, makesFolders: Bool = false) throws -> URL? {
        let text = try variable.map { try optional(flag, variable: $0, parse: { $0 }) } ?? flag
        guard let path = text.map({ RawPath($0) }) else { return nil }
        do {
            return try path.url(makesFolders: makesFolders)
        } catch {
            throw ExitFailure(message: "\(path.printable) cannot be opened: \(error.reason).")
        }
    }

    /// `true` if the flag is given, else what the variable says, else the default.
    static func flag(_ flag: Bool, variable: String, default fallback: Bool = false) throws -> Bool {
        try value(flag ? true : nil, variable: variable, default: fallback, parse: boolean)
    }

    /// A switch as variables have it; `nil` for another text.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "on": true
        case "false", "0", "no", "off": false
        default: nil
        }
    }
}
