import Foundation

/// The text of a subtitle file, whose encoding is not stated.
enum SubtitleText {
    /// A subtitle file of a whole day has a few megabytes.
    private static let longest = 64 << 20

    /// Reads a file, `-` for standard input. Throws `ExitFailure`.
    static func read(_ path: String) throws(ExitFailure) -> String {
        let name = path == "-" ? "standard input" : RawPath(path).description
        let handle: FileHandle
        do {
            let descriptor = path == "-" ? STDIN_FILENO : try RawPath(path).open()
            handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: path != "-")
        } catch {
            throw ExitFailure(message: "The subtitles \(name) cannot be read: \(error.reason).")
        }
        var data = Data()
        do {
            while data.count <= longest, let block = try handle.read(upToCount: 1 << 20), !block.isEmpty {
                data += block
            }
        } catch {
            throw ExitFailure(message: "The subtitles \(name) cannot be read: \(error.localizedDescription)")
        }
        guard data.count <= longest else {
            throw ExitFailure(message: "\(name) has more than 64 MiB, which no subtitles have.")
        }
        return text(data)
    }

    /// UTF-8 where it is valid, UTF-16 with a byte-order mark, else Windows-1251, which Russian subtitles often have.
    static func text(_ data: Data) -> String {
        if let text = String(validating: data, as: UTF8.self) { return text }
        if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]),
            let text = String(data: data, encoding: .utf16)
        {
            return text
        }
        return String(data: data, encoding: .windowsCP1251) ?? String(decoding: data, as: UTF8.self)
    }
}
