import Foundation

/// Cuts bytes into lines of UTF-8. Invalid bytes become U+FFFD; a carriage return before the end is dropped.
struct LineSplitter {
    private let limit: Int
    private var rest: [UInt8] = []

    /// Lines of more than `limit` bytes are an error.
    init(limit: Int) { self.limit = limit }

    /// The lines that these bytes complete.
    mutating func append(_ bytes: [UInt8]) throws -> [String] {
        var lines: [String] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            rest += bytes[start..<end]
            lines.append(line())
            start = end + 1
        }
        rest += bytes[start...]
        guard rest.count <= limit else {
            throw ExitFailure(message: "A line is longer than \(limit >> 20) MiB: break it into shorter lines.")
        }
        return lines
    }

    /// The last line, if it has no end.
    mutating func finish() -> String? { rest.isEmpty ? nil : line() }

    private mutating func line() -> String {
        defer { rest = [] }
        if rest.last == 0x0D { rest.removeLast() }
        return String(decoding: rest, as: UTF8.self)
    }
}
