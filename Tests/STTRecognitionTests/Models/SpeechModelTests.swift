import Foundation
import OnnxRuntime
import STTRecognition
import STTValues
import TestSupport
import Testing

@Suite struct SpeechModelTests {
    private static let parts = [
        "v3_rnnt_encoder.onnx", "v3_rnnt_decoder.onnx", "v3_rnnt_joint.onnx", "v3_vocab.txt",
    ]

    /// A folder with the built-in float model, in which some parts are other files of it, or content.
    private func folder(
        replacing parts: [String: String] = [:], writing contents: [String: Data] = [:]
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for part in Self.parts where contents[part] == nil { try folder.link(parts[part] ?? part, as: part) }
        for (part, content) in contents { try folder.write(content, as: part) }
        return folder
    }

    private func load(_ folder: TemporaryFolder) throws -> SpeechModel {
        try withExtendedLifetime(folder) { try SpeechModel(ModelFiles(in: folder.url)) }
    }

    private func failure(_ folder: TemporaryFolder) throws -> GigaSTTError {
        try #require(throws: GigaSTTError.self) { try load(folder) }
    }

    @Test(arguments: [false, true]) func theBuiltInModelUnderstandsSpeech(isQuantized: Bool) throws {
        let folder = try folder()
        if isQuantized { try folder.link("v3_rnnt_encoder_int8.onnx") }
        let model = try load(folder)
        #expect(model.head == .rnnt)
        #expect(model.isQuantized == isQuantized)
        #expect(model.vocabulary.count == 34)
        let features = try Recording.features("08_route.wav")
        let hypothesis = try model.decode(
            FeatureWindow(values: features.values), cancellation: RunCancellation(in: model.environment))
        // What was said, by the manifest of the recordings.
        #expect(
            model.vocabulary.text(hypothesis.tokens.map(\.id))
                == "через четыреста метров поверните направо садовая улица дом восемнадцать")
        #expect(hypothesis.tokens.allSatisfy { $0.confidence > 0 && $0.confidence <= 1 })
        #expect(zip(hypothesis.tokens, hypothesis.tokens.dropFirst()).allSatisfy { $0.frame <= $1.frame })
    }

    @Test func anEmptyWindowGivesNothing() throws {
        let model = try load(folder())
        let cancellation = try RunCancellation(in: model.environment)
        #expect(try model.decode(FeatureWindow(values: []), cancellation: cancellation).tokens.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 9]) func theShortestWindowsAreDecoded(frames: Int) throws {
        let model = try load(folder())
        let window = FeatureWindow(values: Array(repeating: -11, count: frames * 64))
        let hypothesis = try model.decode(window, cancellation: RunCancellation(in: model.environment))
        #expect(hypothesis.frameCount == (frames + 3) / 4)
        #expect(hypothesis.tokens.isEmpty)
    }

    @Test func aCancelledDecodeIsACancellation() throws {
        let model = try load(folder())
        let cancellation = try RunCancellation(in: model.environment)
        cancellation.cancel()
        #expect(throws: CancellationError.self) {
            try model.decode(FeatureWindow(values: Array(repeating: -11, count: 6400)), cancellation: cancellation)
        }
    }

    @Test func decodingTwiceGivesTheSame() throws {
        let model = try load(folder())
        let window = FeatureWindow(values: try Recording.features("01_commands.wav").values)
        let results = try (0..<2).map { _ in
            try model.decode(window, cancellation: RunCancellation(in: model.environment))
        }
        #expect(results[0] == results[1])
        #expect(!results[0].tokens.isEmpty)
    }

    @Test func theVocabularyOfAnotherHeadIsNoticed() throws {
        let error = try failure(folder(writing: ["v3_vocab.txt": Data("▁ 0\nа 1\n<blk> 2\n".utf8)]))
        #expect(error.code == .modelDamaged)
        #expect(error.message.contains("v3_vocab.txt lists 3 tokens, but the model scores 34"))
        #expect(error.message.contains("another head"))
    }

    @Test(arguments: ["v3_rnnt_encoder.onnx", "v3_rnnt_decoder.onnx", "v3_rnnt_joint.onnx"])
    func aTruncatedGraphIsNamed(part: String) throws {
        let whole = try Data(contentsOf: Repository.builtInModel.appendingPathComponent(part))
        for content in [whole.prefix(whole.count / 2), Data(), Data("404: Not Found".utf8)] {
            let error = try failure(folder(writing: [part: content]))
            #expect([.modelDamaged, .modelUnsupported].contains(error.code))
            #expect(error.message.hasPrefix("\(part) "))
            #expect(error.message.contains("gigastt download"))
        }
    }

    struct Swap: Sendable, CustomTestStringConvertible {
        let parts: [String: String]
        let blamed: String
        var testDescription: String { parts.map { "\($1) as \($0)" }.sorted().joined(separator: ", ") }
    }

    @Test(arguments: [
        Swap(parts: ["v3_rnnt_encoder.onnx": "v3_rnnt_joint.onnx"], blamed: "v3_rnnt_encoder.onnx"),
        Swap(parts: ["v3_rnnt_encoder.onnx": "v3_rnnt_decoder.onnx"], blamed: "v3_rnnt_encoder.onnx"),
        Swap(parts: ["v3_rnnt_decoder.onnx": "v3_rnnt_encoder.onnx"], blamed: "v3_rnnt_decoder.onnx"),
        Swap(parts: ["v3_rnnt_joint.onnx": "v3_rnnt_encoder.onnx"], blamed: "v3_rnnt_joint.onnx"),
        Swap(
            parts: ["v3_rnnt_decoder.onnx": "v3_rnnt_joint.onnx", "v3_rnnt_joint.onnx": "v3_rnnt_decoder.onnx"],
            blamed: "v3_rnnt_decoder.onnx"),
    ])
    func aGraphInAnothersPlaceIsNamed(_ swap: Swap) throws {
        let error = try failure(folder(replacing: swap.parts))
        #expect(error.code == .modelUnsupported)
        #expect(error.message.hasPrefix("\(swap.blamed) is an ONNX model, but not the part"))
    }
}
