/// The value of a header field with parameters: `kind; name=value; name="quoted value"` (RFC 9110 section 5.6.6).
struct HeaderValue: Sendable, Hashable {
    /// What stands before the parameters, in lower case.
    let kind: String
    private var parameters: [String: String] = [:]

    /// `nil` when the text is malformed or a parameter comes twice.
    init?(_ text: String) {
        var rest = Substring(text)
        kind = rest.take { $0 != ";" }.trimmed.lowercased()
        while !rest.isEmpty {
            rest.removeFirst()
            rest = rest.drop { $0 == " " || $0 == "\t" }
            // A semicolon at the end, or two in a row, separate nothing.
            if rest.isEmpty || rest.first == ";" { continue }
            let name = rest.take { $0 != "=" && $0 != ";" }.trimmed.lowercased()
            guard rest.first == "=", !name.isEmpty else { return nil }
            rest.removeFirst()
            guard let value = rest.takeValue(), parameters.updateValue(value, forKey: name) == nil else { return nil }
        }
    }

    /// The parameter of that name, which is in lower case.
    subscript(name: String) -> String? { parameters[name] }
}

extension Substring {
    /// Removes and returns the start that fulfils `condition`.
    fileprivate mutating func take(while condition: (Character) -> Bool) -> Substring {
        let start = prefix(while: condition)
        self = self[start.endIndex...]
        return start
    }

    fileprivate var trimmed: String { split { $0 == " " || $0 == "\t" }.joined(separator: " ") }

    /// Removes and returns a token or a quoted string; what follows is nothing or a semicolon.
    fileprivate mutating func takeValue() -> String? {
        guard first == "\"" else { return take { $0 != ";" }.trimmed }
        removeFirst()
        var value = ""
        while first != "\"" {
            guard let next = popFirst() else { return nil }
            // Clients escape quotes only; a backslash before anything else is the client's own, as in Windows paths.
            if next == "\\", first == "\"" || first == "\\", let escaped = popFirst() {
                value.append(escaped)
            } else {
                value.append(next)
            }
        }
        removeFirst()
        self = drop { $0 == " " || $0 == "\t" }
        return isEmpty || first == ";" ? value : nil
    }
}
