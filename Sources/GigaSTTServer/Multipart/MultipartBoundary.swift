/// What separates the parts of a multipart body.
struct MultipartBoundary: Sendable, Hashable {
    /// 1…70 of the characters that RFC 2046 section 5.1.1 allows, the last no space.
    let text: String

    /// The boundary that the `Content-Type` of a form states; `nil` when it states none, or is of another type.
    init?(contentType: String?) {
        guard let value = contentType.flatMap(HeaderValue.init), value.kind == "multipart/form-data",
            let text = value["boundary"], (1...70).contains(text.utf8.count), text.utf8.last != 32,
            text.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}
