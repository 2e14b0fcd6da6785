import Foundation
import TestSupport

/// A form as browsers and libraries send it.
struct Form {
    static let contentType = ["Content-Type": "multipart/form-data; boundary=----test4711"]

    private(set) var body: [UInt8] = []

    mutating func add(_ name: String, _ content: some Sequence<UInt8>, filename: String? = nil) {
        let file = filename.map { "; filename=\"\($0)\"\r\nContent-Type: audio/wav" } ?? ""
        body += Array("------test4711\r\nContent-Disposition: form-data; name=\"\(name)\"\(file)\r\n\r\n".utf8)
        body += Array(content) + [13, 10]
    }

    /// A complete form: the fields in order, then the file.
    static func bytes(_ fields: [(String, String)] = [], file: [UInt8]?) -> [UInt8] {
        var form = Form()
        for (name, value) in fields { form.add(name, value.utf8) }
        if let file { form.add("file", file, filename: "speech.wav") }
        return form.body + Array("------test4711--\r\n".utf8)
    }
}
