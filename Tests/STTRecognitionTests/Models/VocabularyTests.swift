import Foundation
import STTValues
import TestSupport
import Testing

@testable import STTRecognition

/// Cases 1–14 of the gigastt 2.3 contract.
@Suite struct VocabularyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let tokens: [String]
        let blank: Int
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "tabs", text: ".\t0\n,\t1\n▁в\t2\n<blk>\t3\n", tokens: [".", ",", "▁в", ""], blank: 3),
        Case(name: "spaces", text: "▁ 0\nа 1\n<blk> 2\n", tokens: ["▁", "а", ""], blank: 2),
        Case(
            name: "empty lines and bare numbers", text: "\n1025\na\t0\n\nb\t1\n<blk>\t2", tokens: ["a", "b", ""],
            blank: 2),
        Case(name: "a token without an id", text: "a\nb\t1\n<blk>\t2\n", tokens: ["a", "b", ""], blank: 2),
        Case(name: "spaces in a token", text: "hello world abc\n<blk>\t1", tokens: ["hello world abc", ""], blank: 1),
        Case(name: "ids out of order, no blank", text: "x 7\ny 3\n", tokens: ["x", ""], blank: 1),
        Case(name: "carriage returns", text: "a 0\r\n\r\nb 1\r\n<blk> 2\r\n", tokens: ["a", "b", ""], blank: 2),
        Case(name: "a blank in front", text: "<blk> 0\na 1\n", tokens: ["", "a"], blank: 0),
        Case(name: "an unknown token", text: "<unk> 0\nа 1\n<blk> 2\n", tokens: ["", "а", ""], blank: 2),
    ]

    @Test(arguments: cases) func positionsCountAndNotTheIdsInTheFile(_ expected: Case) throws {
        let vocabulary = try #require(Vocabulary(text: expected.text))
        #expect(vocabulary.count == expected.tokens.count)
        #expect((0..<vocabulary.count).map { vocabulary.text($0) } == expected.tokens)
        #expect(vocabulary.blank == expected.blank)
    }

    @Test(arguments: [
        (".\t0\n,\t1\n▁в\t2\n<blk>\t3", [2, 0], "в."), ("а 0\nб 1\n<blk> 2", [0, 2, 1], "аб"),
        ("<unk> 0\nа 1\n<blk> 2", [0, 1], "а"), ("▁привет 0\n▁мир 1\n<blk> 2", [0, 1], "привет мир"),
        ("а 0\n<blk> 1", [], ""), ("а 0\n<blk> 1", [999, 0, -1], "а"),
    ])
    func tokensAreWrittenAsText(file: String, ids: [Int], text: String) throws {
        #expect(try #require(Vocabulary(text: file)).text(ids) == text)
    }

    @Test(arguments: [999, -1, 1, 2]) func whatIsNoLetterWritesNothing(id: Int) throws {
        #expect(try #require(Vocabulary(text: "а 0\n<unk> 1\n<blk> 2")).text(id) == "")
    }

    @Test(arguments: ["", "\n\n", "1025\n7\n"]) func aFileWithoutTokensIsNoVocabulary(text: String) {
        #expect(Vocabulary(text: text) == nil)
    }

    @Test func theBuiltInVocabularyIsTheRussianAlphabetWithoutYo() throws {
        let vocabulary = try Vocabulary(contentsOf: Repository.builtInModel.appendingPathComponent("v3_vocab.txt"))
        #expect(vocabulary.count == 34)
        #expect(vocabulary.blank == 33)
        #expect((0..<33).map { vocabulary.text($0) }.joined() == "▁абвгдежзийклмнопрстуфхцчшщъыьэюя")
    }

    @Test func aFileThatHoldsNoTokensIsCalledDamaged() throws {
        let folder = try TemporaryFolder(["empty.txt"])
        try folder.write(Data([0xFF, 0xFE, 0x00]), as: "binary.txt")
        for name in ["empty.txt", "binary.txt", "missing.txt"] {
            let error = try #require(throws: GigaSTTError.self) {
                try Vocabulary(contentsOf: folder.url.appendingPathComponent(name))
            }
            #expect(error.code == .modelDamaged)
            #expect(error.message.hasPrefix(name))
            #expect(!error.description.contains(folder.url.path))
        }
    }
}
