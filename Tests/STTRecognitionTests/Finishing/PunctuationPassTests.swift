import Foundation
import STTText
import STTValues
import Synchronization
import TestSupport
import Testing

@testable import STTRecognition

/// Punctuation by a small graph that knows the label of each word.
@Suite struct PunctuationPassTests {
    private static let words = ["мне", "25", "лет", "да", ",", "9"]
    private static let labels = ["LOWER_O", "UPPER_O", "LOWER_PERIOD"]
    /// "мне" begins a sentence, "лет" ends one.
    private static let chosen = ["мне": 1, "лет": 2]

    /// A folder of the family; `change` damages it.
    private static func folder(
        labels: [String] = labels, scoreCount: Int? = nil, _ change: (TemporaryFolder) throws -> Void = { _ in }
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words
        let entries = vocabulary.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
        let tokenizer = """
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],
             "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":false},
             "pre_tokenizer":{"type":"BertPreTokenizer"},
             "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
                      "vocab":{\(entries)}}}
            """
        let names = labels.enumerated().map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",")
        try folder.write(Data(tokenizer.utf8), as: "tokenizer.json")
        try folder.write(Data("{\"id2label\":{\(names)}}".utf8), as: "config.json")
        let count = scoreCount ?? labels.count
        var graph = OnnxFile()
        for name in ["input_ids", "attention_mask", "token_type_ids"] {
            graph.input(name, .int64, [.open("batch"), .open("length")])
        }
        graph.output("logits", .float32, [.open("batch"), .open("length"), .fixed(count)])
        graph.weight(
            "table", shape: [vocabulary.count, count],
            vocabulary.flatMap { word in (0..<count).map { $0 == chosen[word] ?? 0 ? Float(1) : 0 } })
        graph.node("Gather", ["table", "input_ids"], ["logits"], [.integer("axis", 0)])
        try folder.write(Data(graph.bytes), as: "rupunct_small_int8.onnx")
        try change(folder)
        return folder
    }

    private func words(_ texts: [String]) -> [Word] {
        texts.map { Word(text: $0, start: 0, end: 0, confidence: 1) }
    }

    @Test func marksFollowNumbersAndSpansFollowBoth() throws {
        let folder = try Self.folder()
        let finisher = SegmentFinisher([
            NumberPass(rules: .full(NumberPolicy())), PunctuationPass(try PunctuationModel(in: folder.url)),
        ])
        let text = try finisher.text(of: words(["мне", "двадцать", "пять", "лет", "да"]), isComplete: true)
        #expect(text.text == "Мне 25 лет. да")
        let parts = text.spans.map { String(decoding: Array(text.text.utf8)[$0], as: UTF8.self) }
        #expect(parts == ["Мне", "25", "25", "лет.", "да"])
    }

    /// All but the words that those to come may change; words that are not settled before do not count.
    @Test func allButTheLastWordsAreSettled() throws {
        let folder = try Self.folder()
        let pass = PunctuationPass(try PunctuationModel(in: folder.url))
        let reach = PunctuationPass.reach
        for (count, before, settled) in [
            (1, 1, 0), (reach, reach, 0), (reach + 1, reach + 1, 1), (300, 300, 300 - reach), (90, reach + 3, 3),
            (90, reach, 0), (90, 0, 0),
        ] {
            let words = words(Array(repeating: "да", count: count))
            var text = FinishedText(words)
            text.settledWordCount = before
            #expect(try pass.apply(to: text, of: words, isComplete: false).settledWordCount == settled)
        }
        // Words that are written as one number are one word of the model.
        let numbers = words(["двадцать", "пять"] + Array(repeating: "да", count: reach))
        let finisher = SegmentFinisher([NumberPass(rules: .full(NumberPolicy())), pass])
        #expect(try finisher.text(of: numbers, isComplete: false).settledWordCount == 2)
        #expect(try finisher.text(of: numbers, isComplete: false, settledCount: reach + 1).settledWordCount == 0)
    }

    @Test(arguments: PunctuationModel.fileNames) func aFolderWithoutAFileIsNoModel(name: String) throws {
        let folder = try Self.folder { try FileManager.default.removeItem(at: $0.url.appendingPathComponent(name)) }
        let error = #expect(throws: GigaSTTError.self) { try PunctuationModel(in: folder.url) }
        #expect(error?.code == .modelMissing && error?.message.contains(name) == true)
    }

    @Test func otherModelsAreRefused() throws {
        let cases: [(TemporaryFolder, GigaSTTError.Code)] = [
            (try Self.folder(labels: ["O", "B-PER"]), .modelUnsupported),
            (try Self.folder(scoreCount: 33), .modelUnsupported),
            (try Self.folder { try $0.write(Data("{}".utf8), as: "tokenizer.json") }, .modelUnsupported),
            (try Self.folder { try $0.write(Data("no graph".utf8), as: "rupunct_small_int8.onnx") }, .modelDamaged),
        ]
        for (folder, code) in cases {
            let error = #expect(throws: GigaSTTError.self) { try PunctuationModel(in: folder.url) }
            #expect(error?.code == code)
        }
    }

    /// Edits move what lies behind them, and widen what they replace.
    @Test func editsMoveSpans() {
        let text = FinishedText(text: "ab cd ef", spans: [0..<2, 3..<5, 3..<5, 5..<5, 6..<8], settledWordCount: 0)
        #expect(text.tokens == [0..<2, 3..<5, 6..<8])
        let longer = text.applying([.init(range: 3..<5, text: "CD, —")])
        #expect(longer.text == "ab CD, — ef" && longer.spans == [0..<2, 3..<10, 3..<10, 10..<10, 11..<13])
        let shorter = text.applying([.init(range: 0..<2, text: ""), .init(range: 6..<8, text: "x")])
        #expect(shorter.text == " cd x" && shorter.spans == [0..<0, 1..<3, 1..<3, 3..<3, 4..<5])
        let merged = text.applying([.init(range: 0..<5, text: "***")])
        #expect(merged.text == "*** ef" && merged.spans == [0..<3, 0..<3, 0..<3, 3..<3, 4..<6])
    }

    @Test(arguments: ["", "🙂 да", "שלום да", "е\u{301}ж", String(repeating: "а", count: 200_000)])
    func oddTextsKeepTheirWords(text: String) throws {
        let folder = try Self.folder()
        let pass = PunctuationPass(try PunctuationModel(in: folder.url))
        let words = words(text.split(separator: " ").map(String.init))
        #expect(try SegmentFinisher([pass]).text(of: words, isComplete: true).text == text)
    }

    /// A word whose number is beyond the table of the model fails the window in which it is; that is reported once.
    @Test func aFailureOfTheModelIsReportedOnce() throws {
        let folder = try Self.folder { folder in
            let file = folder.url.appendingPathComponent("tokenizer.json")
            let json = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            try Data(json.replacingOccurrences(of: "\"9\":10", with: "\"9\":999999").utf8).write(to: file)
        }
        let reports = Mutex<[GigaSTTError]>([])
        let model = try PunctuationModel(in: folder.url) { error in reports.withLock { $0.append(error) } }
        let finisher = SegmentFinisher([PunctuationPass(model)])
        #expect(try finisher.text(of: words(["мне", "лет"]), isComplete: true).text == "Мне лет.")
        #expect(reports.withLock { $0 }.isEmpty)
        // One window of several fails: only its words stay bare.
        let many = Array(repeating: "лет", count: 599) + ["9"]
        let written = try finisher.text(of: words(many), isComplete: true).text
        #expect(written.hasPrefix("лет. лет.") && written.hasSuffix("лет лет 9"))
        for _ in 0..<2 { #expect(try finisher.text(of: words(["мне", "9"]), isComplete: true).text == "мне 9") }
        let found = reports.withLock { $0 }
        #expect(found.count == 1 && found.first?.code == .inferenceFailed)
        #expect(found.first?.message.contains("punctuation model") == true && found.first?.detail.isEmpty == false)
    }
}
