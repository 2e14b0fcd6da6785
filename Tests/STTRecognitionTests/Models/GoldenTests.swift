import Foundation
import OnnxRuntime
import STTValues
import TestSupport
import Testing

@testable import STTRecognition

/// The engine against the reference, recording by recording, each read whole as one window.
@Suite struct GoldenTests {
    private static let model = Result { () throws -> (SpeechModel, OnnxEncoder) in
        let folder = try TemporaryFolder()
        for part in ["v3_rnnt_encoder.onnx", "v3_rnnt_decoder.onnx", "v3_rnnt_joint.onnx", "v3_vocab.txt"] {
            try folder.link(part)
        }
        let files = try ModelFiles(in: folder.url)
        let model = try SpeechModel(files)
        let graph = try LoadedGraph(files.encoder, options: .init(), in: model.environment)
        return (model, try OnnxEncoder(graph))
    }

    @Test func everyRecordingOfTheDemoHasAReference() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.recordings.path)
        #expect(files.filter { $0.hasSuffix(".wav") }.sorted() == Golden.recordings.map(\.file).sorted())
        #expect(!Golden.recordings.isEmpty)
    }

    @Test(arguments: Golden.recordings) func theRecordingIsHeardAsByTheReference(_ golden: Golden) throws {
        let (model, encoder) = try Self.model.get()
        let features = try Recording.features(golden.file)
        #expect(features.count == golden.melFrames)
        #expect(abs(mean(features.values) - golden.melMean) < 1e-5 + 1e-5)

        let window = FeatureWindow(values: features.values)
        let cancellation = try RunCancellation(in: model.environment)
        let encoded = try encoder.encode(window, cancellation: cancellation)
        #expect(encoded.frameCount == golden.encoderFrames)
        #expect(encoded.channelCount == 768)
        let values = try encoded.frames.withElements(of: Float.self) { Array($0) }
        let average = mean(values)
        let spread = sqrt(mean(values.map { $0 * $0 }) - average * average)
        #expect(abs(average - golden.encodedMean) < 2e-5)
        #expect(abs(spread - golden.encodedStd) < 2e-5)
        for (value, expected) in zip(values, golden.encodedFrame0First8) { #expect(abs(value - expected) < 1e-3) }

        let hypothesis = try model.decode(window, cancellation: cancellation)
        #expect(hypothesis.tokens.map(\.id) == golden.ids)
        #expect(hypothesis.tokens.map(\.frame) == golden.frames)
        #expect(model.vocabulary.text(golden.ids) == golden.text)
        let words = WordAssembler(vocabulary: model.vocabulary).words(hypothesis.tokens)
        #expect(words.map(\.text).joined(separator: " ") == golden.text)
    }

    private func mean(_ values: [Float]) -> Double {
        values.reduce(0) { $0 + Double($1) } / Double(values.count)
    }
}
