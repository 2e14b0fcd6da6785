/// The header of one part of a form.
enum MultipartHeader {
    /// The name of the field, from the part's `Content-Disposition` (RFC 7578 section 4.2).
    ///
    /// Throws `malformed` when there is none, or more than one.
    static func fieldName(in header: ArraySlice<UInt8>) throws(MultipartError) -> String {
        // Bytes, not characters: CR LF is one character.
        var names: [String] = []
        for line in lines(of: header) {
            guard line.allSatisfy({ $0 >= 32 || $0 == 9 }), let colon = line.firstIndex(of: 58) else {
                throw .malformed
            }
            let field = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            guard !field.isEmpty, field.utf8.allSatisfy({ (33...126).contains($0) }) else { throw .malformed }
            guard field == "content-disposition" else { continue }
            let value = HeaderValue(String(decoding: line[(colon + 1)...], as: UTF8.self))
            guard value?.kind == "form-data", let name = value?["name"] else { throw .malformed }
            names.append(name)
        }
        guard names.count == 1 else { throw .malformed }
        return names[0]
    }

    /// The lines, without the CR LF between them; a CR or LF elsewhere stays and is refused.
    private static func lines(of header: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = header.startIndex
        for index in header.indices where header[index] == 10 && index > start && header[index - 1] == 13 {
            lines.append(header[start..<index - 1])
            start = index + 1
        }
        return lines + [header[start...]]
    }
}
