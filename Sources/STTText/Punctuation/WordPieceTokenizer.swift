package import Foundation

/// The tokenizer of BERT models: white space, single punctuation marks, then the longest known pieces of each word
/// (Wu et al. 2016, "Google's Neural Machine Translation System", § 4.1).
///
/// Reads `tokenizer.json` of the library Hugging Face `tokenizers` and gives the same ids as that library for the
/// options that the models of punctuation use; a file with other options is refused, since its ids would be wrong.
package struct WordPieceTokenizer: Sendable {
    /// A piece of a text.
    package struct Piece: Sendable, Hashable {
        package let id: Int
        /// Where the word of this piece begins in the text, in UTF-8 bytes.
        package let offset: Int
    }

    /// By UTF-8: two strings with the same letters, composed and decomposed, are equal, but not the same piece.
    private let vocabulary: [[UInt8]: Int]
    private let addedTokens: [(bytes: [UInt8], id: Int)]
    private let addedFirstBytes: Set<UInt8>
    private let unknown: Int
    private let prefix: [UInt8]
    private let longestWord: Int
    /// What begins and ends a sequence: [CLS], [SEP].
    package let first: Int
    package let last: Int

    /// Reads a `tokenizer.json`. Throws `TextModelError`.
    package init(json: Data) throws {
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: json) } catch {
            throw TextModelError("tokenizer.json cannot be read.", detail: String(describing: error))
        }
        try file.check()
        vocabulary = Dictionary(file.model.vocab.map { (Array($0.key.utf8), $0.value) }) { $1 }
        prefix = Array(file.model.continuing_subword_prefix.utf8)
        longestWord = file.model.max_input_chars_per_word
        addedTokens = file.added_tokens.map { (Array($0.content.utf8), $0.id) }.sorted {
            $0.bytes.count > $1.bytes.count
        }
        addedFirstBytes = Set(addedTokens.compactMap(\.bytes.first))
        let special = Dictionary(file.added_tokens.map { ($0.content, $0.id) }) { $1 }
        func id(_ token: String) throws -> Int {
            guard let id = special[token] ?? file.model.vocab[token] else {
                throw TextModelError("tokenizer.json has no token \(token).")
            }
            return id
        }
        unknown = try id(file.model.unk_token)
        first = try id("[CLS]")
        last = try id("[SEP]")
    }

    /// The pieces of a text, without those that begin and end a sequence. The time is linear in the text.
    package func pieces(_ text: String) -> [Piece] {
        let bytes = Array(text.utf8)
        var pieces: [Piece] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            if addedFirstBytes.contains(bytes[index]),
                let token = addedTokens.first(where: { bytes[index...].starts(with: $0.bytes) })
            {
                append(bytes, start..<index, to: &pieces)
                pieces.append(Piece(id: token.id, offset: index))
                index += token.bytes.count
                start = index
            } else {
                index += 1
            }
        }
        append(bytes, start..<bytes.count, to: &pieces)
        return pieces
    }

    /// Splits text into words, and those into pieces.
    private func append(_ bytes: [UInt8], _ range: Range<Int>, to pieces: inout [Piece]) {
        var word: [Unicode.Scalar] = []
        var wordStart = 0
        var offset = range.lowerBound
        func flush() {
            guard !word.isEmpty else { return }
            appendWord(word, at: wordStart, to: &pieces)
            word = []
        }
        for scalar in String(decoding: bytes[range], as: UTF8.self).unicodeScalars {
            defer { offset += UTF8.width(scalar) }
            if scalar.isRemoved { continue }
            if scalar.isSpace {
                flush()
            } else if scalar.isIsolated {
                flush()
                appendWord([scalar], at: offset, to: &pieces)
            } else {
                if word.isEmpty { wordStart = offset }
                word.append(scalar)
            }
        }
        flush()
    }

    private func appendWord(_ word: [Unicode.Scalar], at offset: Int, to pieces: inout [Piece]) {
        let begin = pieces.count
        var start = 0
        while start < word.count, word.count <= longestWord {
            var end = word.count
            var found: Int?
            while end > start, found == nil {
                var text = start > 0 ? prefix : []
                for scalar in word[start..<end] { text += String(scalar).utf8 }
                found = vocabulary[text]
                if found == nil { end -= 1 }
            }
            guard let found else { break }
            pieces.append(Piece(id: found, offset: offset))
            start = end
        }
        guard start < word.count else { return }
        pieces.removeSubrange(begin...)
        pieces.append(Piece(id: unknown, offset: offset))
    }
}

extension WordPieceTokenizer {
    /// What is read of `tokenizer.json`; the names are the file's.
    private struct File: Decodable {
        struct Kind: Decodable {
            let type: String?
            let clean_text: Bool?
            let handle_chinese_chars: Bool?
            let strip_accents: Bool?
            let lowercase: Bool?
        }

        struct AddedToken: Decodable {
            let id: Int
            let content: String
            let single_word: Bool?
            let lstrip: Bool?
            let rstrip: Bool?
            let normalized: Bool?
        }

        struct Model: Decodable {
            let type: String?
            let unk_token: String
            let continuing_subword_prefix: String
            let max_input_chars_per_word: Int
            let vocab: [String: Int]
        }

        struct Present: Decodable {}

        let version: String
        let truncation: Present?
        let padding: Present?
        let added_tokens: [AddedToken]
        let normalizer: Kind
        let pre_tokenizer: Kind
        let model: Model

        func check() throws {
            func require(_ holds: Bool, _ what: String) throws {
                guard holds else { throw TextModelError("tokenizer.json uses \(what), which is not supported.") }
            }
            try require(version == "1.0", "another version than 1.0")
            try require(truncation == nil, "truncation")
            try require(padding == nil, "padding")
            try require(normalizer.type == "BertNormalizer", "another normalizer than BertNormalizer")
            try require(
                normalizer.clean_text == true && normalizer.handle_chinese_chars == true
                    && normalizer.lowercase == false
                    && normalizer.strip_accents != true, "a normalizer that changes letters")
            try require(pre_tokenizer.type == "BertPreTokenizer", "another pre-tokenizer than BertPreTokenizer")
            try require(model.type == nil || model.type == "WordPiece", "another model than WordPiece")
            try require((1...1_000).contains(model.max_input_chars_per_word), "words of that length")
            for token in added_tokens {
                try require(
                    token.single_word != true && token.normalized != true && token.lstrip != true
                        && token.rstrip != true
                        && !token.content.isEmpty, "an added token with options")
            }
        }
    }
}

extension Unicode.Scalar {
    /// Removed by `clean_text`: NUL, U+FFFD, control, format and private characters.
    fileprivate var isRemoved: Bool {
        if self == "\0" || self == "\u{FFFD}" { return true }
        if self == "\t" || self == "\n" || self == "\r" { return false }
        switch properties.generalCategory {
        case .control, .format, .privateUse: return true
        default: return false
        }
    }

    fileprivate var isSpace: Bool { properties.isWhitespace }

    /// A word of its own: a punctuation mark, or an ideograph.
    fileprivate var isIsolated: Bool {
        switch value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF,
            0xF900...0xFAFF, 0x2F800...0x2FA1F:
            return true
        default: break
        }
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return true
        default: return false
        }
    }
}
