package import Foundation

/// What a punctuation model says of a word: its case and the mark after it. Names are those of the RUPunct models.
package struct PunctuationLabel: Sendable, Hashable {
    /// The labels of the family: a case and a mark each.
    static let names: Set<String> = {
        let marks = [
            "O", "PERIOD", "COMMA", "QUESTION", "VOSKL", "DVOETOCHIE", "PERIODCOMMA", "DEFIS", "MNOGOTOCHIE",
            "QUESTIONVOSKL", "TIRE",
        ]
        return Set(["LOWER", "UPPER", "UPPER_TOTAL"].flatMap { letters in marks.map { "\(letters)_\($0)" } })
    }()

    /// The labels of a model by its `config.json`, in the order of its scores.
    ///
    /// Throws `TextModelError` when they are not numbered from 0, or are not those of the family.
    package static func all(config: Data) throws -> [PunctuationLabel] {
        struct File: Decodable { let id2label: [String: String] }
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: config) } catch {
            throw TextModelError("config.json has no id2label.", detail: String(describing: error))
        }
        return try (0..<file.id2label.count).map { index in
            guard let name = file.id2label["\(index)"] else {
                throw TextModelError("the labels of config.json are not numbered from 0.")
            }
            guard names.contains(name) else {
                throw TextModelError("config.json has a label that is not one of RUPunct's.", detail: name)
            }
            return PunctuationLabel(name: name)
        }
    }

    enum Case: Sendable { case kept, capitalized, upper }

    let letterCase: Case
    let mark: String

    /// Reads a label such as `UPPER_COMMA`. A name of another kind leaves the word as it is.
    package init(name: String) {
        let kinds: [(String, Case)] = [("UPPER_TOTAL_", .upper), ("UPPER_", .capitalized), ("LOWER_", .kept)]
        guard let (prefix, letterCase) = kinds.first(where: { name.hasPrefix($0.0) }) else {
            (self.letterCase, mark) = (.kept, "")
            return
        }
        self.letterCase = letterCase
        mark =
            switch name.dropFirst(prefix.count) {
            case "PERIOD": "."
            case "COMMA": ","
            case "QUESTION": "?"
            case "VOSKL": "!"
            case "DVOETOCHIE": ":"
            case "PERIODCOMMA": ";"
            case "DEFIS": "-"
            case "MNOGOTOCHIE": "..."
            case "QUESTIONVOSKL": "?!"
            case "TIRE": letterCase == .kept ? "—" : " —"
            default: ""
            }
    }

    /// The word with its case and mark. A word that ends with a mark gets no second one.
    package func apply(to word: String) -> String {
        let mark = word.last.map { ".,!?:;…".contains($0) } == true ? "" : mark
        return switch letterCase {
        case .kept: word + mark
        case .upper: word.uppercased() + mark
        case .capitalized: word.prefix(1).uppercased() + word.dropFirst().lowercased() + mark
        }
    }
}
