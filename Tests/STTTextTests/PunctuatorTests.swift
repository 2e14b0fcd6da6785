import Foundation
import Synchronization
import Testing

@testable import STTText

@Suite struct PunctuatorTests {
    /// A tokenizer that knows each letter, so that a word has as many pieces as letters.
    private static func tokenizer(normalizer: String = "BertNormalizer", extra: String = "") throws
        -> WordPieceTokenizer
    {
        let letters = "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГД-,".map(String.init)
        let vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + letters.map { "##" + $0 }
        let entries = vocabulary.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
        let json = """
            {"version":"1.0","truncation":null,"padding":null,\(extra)
             "added_tokens":[{"id":2,"content":"[CLS]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
             "normalizer":{"type":"\(normalizer)","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":false},
             "pre_tokenizer":{"type":"BertPreTokenizer"},
             "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
                      "vocab":{\(entries)}}}
            """
        return try WordPieceTokenizer(json: Data(json.utf8))
    }

    private static let labels = ["LOWER_O", "UPPER_O", "LOWER_COMMA", "UPPER_PERIOD"].map(PunctuationLabel.init(name:))

    /// Gives the label of `choose` to all pieces of the sequence.
    private static func scores(_ ids: [Int], _ choose: (Int) -> Int) -> [[Float]] {
        ids.indices.map { index in labels.indices.map { $0 == choose(index) ? 1 : 0 } }
    }

    @Test(arguments: [
        ("LOWER_O", "анна", "анна"), ("UPPER_O", "аННА", "Анна"), ("UPPER_TOTAL_PERIOD", "снг", "СНГ."),
        ("LOWER_COMMA", "да", "да,"), ("LOWER_QUESTION", "да", "да?"), ("LOWER_VOSKL", "да", "да!"),
        ("LOWER_DVOETOCHIE", "да", "да:"), ("LOWER_PERIODCOMMA", "да", "да;"), ("LOWER_DEFIS", "да", "да-"),
        ("LOWER_MNOGOTOCHIE", "да", "да..."), ("LOWER_QUESTIONVOSKL", "да", "да?!"), ("LOWER_TIRE", "да", "да—"),
        ("UPPER_TIRE", "да", "Да —"), ("UPPER_TOTAL_TIRE", "да", "ДА —"), ("LOWER_STRANGE", "да", "да"),
        ("OTHER_COMMA", "да", "да"),
    ]) func labelsGiveCaseAndMark(name: String, word: String, expected: String) {
        #expect(PunctuationLabel(name: name).apply(to: word) == expected)
    }

    @Test func aWordTakesTheLabelOfItsFirstPiece() throws {
        let punctuator = Punctuator(tokenizer: try Self.tokenizer(), labels: Self.labels)
        // [CLS] п ##о ##л е ##л ##ь [SEP]
        let words = try punctuator.punctuate(["пол", "ель"]) { ids in Self.scores(ids) { [1: 1, 4: 3][$0] ?? 2 } }
        #expect(words == ["Пол", "Ель."])
    }

    @Test func punctuationInsideAWordMovesNoLabels() throws {
        let punctuator = Punctuator(tokenizer: try Self.tokenizer(), labels: Self.labels)
        // [CLS] и ##з - з ##а л ##е ##с ##а [SEP]: the second word begins with piece 6.
        let words = try punctuator.punctuate(["из-за", "леса"]) { ids in Self.scores(ids) { $0 == 6 ? 3 : 0 } }
        #expect(words == ["из-за", "Леса."])
    }

    @Test func eachWordOfALongTextIsDecidedOnceAndWithContext() throws {
        let punctuator = Punctuator(tokenizer: try Self.tokenizer(), labels: Self.labels)
        let sizes = Mutex<[Int]>([])
        let words = try punctuator.punctuate(Array(repeating: "а", count: 600)) { ids in
            sizes.withLock { $0.append(ids.count - 2) }
            // The first and the last words of a window are marked: they are decided by the neighbour.
            return Self.scores(ids) { $0 < 21 || $0 > ids.count - 22 ? 2 : 0 }
        }
        #expect(sizes.withLock { $0 } == [250, 250, 180])
        #expect(words.count == 600)
        #expect(words.indices.filter { words[$0] == "а," } == Array(0..<20) + Array(580..<600))
    }

    @Test func aWindowOfManyPiecesIsHalved() throws {
        let punctuator = Punctuator(tokenizer: try Self.tokenizer(), labels: Self.labels)
        let longest = Mutex(0)
        let word = String(repeating: "а", count: 60)
        let words = try punctuator.punctuate(Array(repeating: word, count: 100)) { ids in
            longest.withLock { $0 = max($0, ids.count) }
            return Self.scores(ids) { _ in 1 }
        }
        #expect(longest.withLock { $0 } <= 2_002)
        #expect(words.allSatisfy { $0.hasPrefix("А") })
    }

    @Test func aWindowThatFailsLeavesItsWordsAsTheyAre() throws {
        struct Failure: Error {}
        let punctuator = Punctuator(tokenizer: try Self.tokenizer(), labels: Self.labels)
        let calls = Mutex(0)
        let words = try punctuator.punctuate(Array(repeating: "а", count: 400)) { ids in
            let call = calls.withLock {
                $0 += 1; return $0
            }
            if call == 2 { throw Failure() }
            return Self.scores(ids) { _ in 1 }
        }
        #expect(words.prefix(230).allSatisfy { $0 == "А" })
        #expect(words.suffix(170).allSatisfy { $0 == "а" })
        #expect(throws: Failure.self) { try punctuator.punctuate(["а"]) { _ in throw Failure() } }
    }

    @Test func scoresOfAnotherShapeAreRefused() throws {
        let punctuator = Punctuator(tokenizer: try Self.tokenizer(), labels: Self.labels)
        #expect(throws: TextModelError.self) { try punctuator.punctuate(["а"]) { _ in [[1]] } }
        #expect(throws: TextModelError.self) { try punctuator.punctuate(["а"]) { ids in ids.map { _ in [1, 0] } } }
    }

    @Test func aTokenizerWithOtherRulesIsRefused() throws {
        #expect(throws: TextModelError.self) { try Self.tokenizer(normalizer: "Lowercase") }
        #expect(throws: TextModelError.self) { try WordPieceTokenizer(json: Data("{}".utf8)) }
        #expect(throws: TextModelError.self) { try WordPieceTokenizer(json: Data("nonsense".utf8)) }
    }

    /// Strings and their ids as the library `tokenizers` gives them; made by `Tests/Reference/tokenizer.py`. The variable
    /// names a folder with a longer table.
    @Test func idsAreThoseOfTheReferenceLibrary() throws {
        struct Cases: Decodable {
            let strings: [String]
            let ids: [[Int]]
        }
        let own = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Tokenizer")
        let other = ProcessInfo.processInfo.environment["GIGASTT_TEST_TOKENIZER"].map { URL(filePath: $0) }
        let folder = other ?? own
        let tokenizer = try WordPieceTokenizer(json: Data(contentsOf: folder.appending(path: "tokenizer.json")))
        let cases = try JSONDecoder().decode(Cases.self, from: Data(contentsOf: folder.appending(path: "cases.json")))
        #expect(cases.strings.count >= 600)
        for (string, ids) in zip(cases.strings, cases.ids) {
            #expect(tokenizer.pieces(string).map(\.id) == ids, "\(string.debugDescription)")
        }
    }

    private static func labels(_ names: [String: String]) throws -> [PunctuationLabel] {
        try PunctuationLabel.all(config: JSONEncoder().encode(["id2label": names]))
    }

    @Test func labelsAreReadByTheirNumbers() throws {
        #expect(try Self.labels(["1": "UPPER_O", "0": "LOWER_COMMA"]).map { $0.apply(to: "да") } == ["да,", "Да"])
        #expect(throws: TextModelError.self) { try Self.labels(["0": "LOWER_O", "2": "UPPER_O"]) }
        #expect(throws: TextModelError.self) { try Self.labels(["0": "B-PER"]) }
        #expect(throws: TextModelError.self) { try PunctuationLabel.all(config: Data("{}".utf8)) }
    }

    @Test func aWordThatEndsWithAMarkGetsNoSecondOne() {
        #expect(PunctuationLabel(name: "UPPER_PERIOD").apply(to: "дела?") == "Дела?")
    }

    /// By hand: windows of 250 words begin 210 words apart and keep all but 20 words at an inner end.
    @Test(arguments: [
        (0, [0..<0], [0..<0]), (250, [0..<250], [0..<250]), (251, [0..<250, 210..<251], [0..<230, 230..<251]),
        (600, [0..<250, 210..<460, 420..<600], [0..<230, 230..<440, 440..<600]),
    ])
    func longTextsAreReadInWindowsThatOverlap(wordCount: Int, words: [Range<Int>], kept: [Range<Int>]) {
        let windows = PunctuationWindows.windows(wordCount: wordCount)
        #expect(windows.map(\.words) == words && windows.map(\.kept) == kept)
    }
}
