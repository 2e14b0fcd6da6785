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

    /// `true` if the flag is given, else what the variable says, else the default.
    static func flag(_ flag: Bool, variable: String, default fallback: Bool = false) throws -> Bool {
        try value(flag ? true : nil, variable: variable, default: fallback, parse: boolean)
    }

    private static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "on": true
        case "false", "0", "no", "off": false
        default: nil
        }
    }
}
