/// A JSON value (RFC 8259) as text. Composed from values, so that a string can never stand in it unescaped.
///
/// Written as literals: `["id": 1, "name": .string(name), "tags": ["a", "b"]]`. Members of an object keep their order;
/// a member whose value is `nil` is left out, `.null` is written.
package struct JSONValue: Sendable, Hashable, CustomStringConvertible {
    /// The value as JSON without spaces.
    package let description: String

    private init(checked text: String) { description = text }

    /// `null`.
    package static let null = JSONValue(checked: "null")

    /// A string.
    package static func string(_ text: some StringProtocol) -> JSONValue {
        JSONValue(checked: JSONLiteral.string(String(text)))
    }

    /// A whole number.
    package static func integer(_ value: some BinaryInteger) -> JSONValue { JSONValue(checked: "\(value)") }

    /// A number in its shortest form; `null` when it is not finite.
    package static func number(_ value: Double) -> JSONValue { JSONValue(checked: JSONLiteral.number(value)) }

    /// A 32-bit number with no more digits than it has itself; `null` when it is not finite.
    package static func number(_ value: Float) -> JSONValue { JSONValue(checked: JSONLiteral.number(value)) }

    /// `true` or `false`.
    package static func boolean(_ value: Bool) -> JSONValue { JSONValue(checked: value ? "true" : "false") }

    /// Values in order.
    package static func array(_ elements: some Sequence<JSONValue>) -> JSONValue {
        var text = "["
        // One element at a time: all of a long array, or a second copy of it, would take its memory again.
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            text += element.description
        }
        text += "]"
        return JSONValue(checked: text)
    }

    /// An object with one more member behind the others, whose names must differ; another value is returned as it is.
    package func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        guard description.hasSuffix("}") else { return self }
        let separator = description == "{}" ? "" : ","
        return JSONValue(checked: "\(description.dropLast())\(separator)\(JSONLiteral.string(name)):\(value)}")
    }

    /// Members in order; those without a value are left out. Names must differ.
    package static func object(_ members: some Sequence<(String, JSONValue?)>) -> JSONValue {
        var text = "{"
        for case (let name, let value?) in members {
            if text.utf8.count > 1 { text += "," }
            text += JSONLiteral.string(name)
            text += ":"
            text += value.description
        }
        text += "}"
        return JSONValue(checked: text)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// `true` or `false`.
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// A whole number.
    package init(integerLiteral value: Int) { self = .integer(value) }
    /// Values in order.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Members in order; those without a value are left out.
    package init(dictionaryLiteral elements: (String, JSONValue?)...) { self = .object(elements) }
}
