import Foundation

/// The file `<name>.sha256` beside a verified model file: so 844 MB need not be read at every start.
///
/// First line as `sha256sum` writes it, second line the size and the time of change for which it holds.
struct VerifiedNote: Equatable {
    var digest: String
    var stamp: FileStamp

    static func url(for file: URL) -> URL { file.appendingPathExtension("sha256") }

    init(digest: String, stamp: FileStamp) {
        self.digest = digest
        self.stamp = stamp
    }

    /// Reads the text of a note; `nil` when it is none of ours.
    init?(_ text: String) {
        let lines = text.split(separator: "\n")
        guard lines.count == 2, let digest = lines[0].split(separator: " ").first, digest.count == 64 else {
            return nil
        }
        let words = lines[1].split(separator: " ")
        guard words.count == 3, words[0] == "#", words[1].hasPrefix("size="), words[2].hasPrefix("modified="),
            let size = Int64(words[1].dropFirst(5)), let modified = Int64(words[2].dropFirst(9))
        else { return nil }
        self.init(digest: String(digest), stamp: FileStamp(byteCount: size, modified: modified))
    }

    func text(for name: String) -> String {
        "\(digest)  \(name)\n# size=\(stamp.byteCount) modified=\(stamp.modified)\n"
    }

    /// The digest that the note beside `file` vouches for: `nil` without note, or when the file has changed since.
    static func digest(of file: URL, now stamp: FileStamp) -> String? {
        guard let text = try? String(contentsOf: url(for: file), encoding: .utf8), let note = VerifiedNote(text),
            note.stamp == stamp
        else { return nil }
        return note.digest
    }

    /// Puts the note beside `file`. A folder that cannot be written has to do without.
    func write(beside file: URL) {
        try? Data(text(for: file.lastPathComponent).utf8).write(to: Self.url(for: file), options: .atomic)
    }
}
