package import Foundation
package import STTValues

/// The tokens a model writes. Ids are positions in the file.
package struct Vocabulary: Sendable {
    /// `▁`, U+2581: the start of a word, or the space itself.
    package static let wordStart: Character = "\u{2581}"

    private let texts: [String]
    /// The token that means "nothing here".
    package let blank: Int
    package var count: Int { texts.count }

    /// Reads lines of `token id`. The id that a line gives is not used: the position counts. Empty lines and lines
    /// that are only a number are no tokens. The blank is `<blk>`, or else the last token.
    package init?(text: String) {
        var tokens: [String] = []
        // "\r\n" is one character.
        for line in text.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }) {
            if UInt64(line) != nil { continue }
            if let gap = line.lastIndex(where: { $0 == " " || $0 == "\t" }),
                UInt64(line[line.index(after: gap)...]) != nil
            {
                tokens.append(String(line[..<gap]))
            } else {
                tokens.append(String(line))
            }
        }
        guard !tokens.isEmpty else { return nil }
        blank = tokens.firstIndex(of: "<blk>") ?? tokens.count - 1
        texts = tokens.map { $0 == "<blk>" || $0 == "<unk>" ? "" : $0 }
    }

    package init(contentsOf url: URL) throws(GigaSTTError) {
        // A vocabulary has some kilobytes; anything huge is another file, and is not read into memory.
        let size = (try? url.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
        guard size < 16 << 20, let text = try? String(contentsOf: url, encoding: .utf8),
            let vocabulary = Vocabulary(text: text)
        else {
            throw GigaSTTError(
                .modelDamaged,
                "\(url.lastPathComponent) is not a list of tokens. Run `gigastt download` to get it again.",
                detail: url.path)
        }
        self = vocabulary
    }

    /// What a token writes, with `▁`; empty for the blank, `<unk>` and ids out of range.
    package func text(_ id: Int) -> String { texts.indices.contains(id) && id != blank ? texts[id] : "" }
}
