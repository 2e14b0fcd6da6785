import Foundation
import ONNXFile
import OnnxRuntime
import RandomModels
import TestSupport
import Testing

@testable import STTEncoderCache

/// The faster form of a speaker model, compared with its source by ONNX Runtime.
@Suite struct SpeakerQuantizerTests {
    private func vectors(_ model: URL, frameCounts: [Int]) throws -> [[Float]] {
        let environment = try OrtEnvironment.shared()
        let session = try OrtSession(.file(model.path), in: environment)
        return try frameCounts.enumerated().map { number, count in
            let features = try Tensor(shape: [1, count, 80], of: Float.self, in: environment) { target in
                for index in target.indices {
                    let (frame, band) = (Float(index / 80), Float(index % 80))
                    target[index] =
                        3 * sin(0.13 * band * Float(number + 1) + 0.09 * frame) + 2
                        * sin(1.9 * band * band + 0.4 * frame)
                }
            }
            return try session.run([features])[0].withElements(of: Float.self) { Array($0) }
        }
    }

    @Test func theConvolutionsAreInBytesAndTheVectorsStay() throws {
        let folder = try TemporaryFolder()
        let (source, target) = (folder.file("source.onnx"), folder.file("target.onnx"))
        try RandomSpeakerModel.write(to: source)
        let similarity = try SpeakerQuantizer(source).quantize(to: target)
        #expect(similarity > 0.99 && similarity <= 1)
        #expect(try folder.names() == ["source.onnx", "target.onnx"])
        let graph = try ONNXModel(contentsOf: target).graph
        let types = graph.nodes.map(\.type)
        #expect(types.count { $0 == "QLinearConv" } == RandomSpeakerModel.convolutionCount && !types.contains("Conv"))
        // The rectifiers behind the convolutions are in their ranges; that behind the sum stays.
        #expect(types.count { $0 == "Relu" } == 1 && graph.inputs == ["feats"] && graph.outputs == ["embs"])
        #expect(graph.initializers["up.w"] != nil && graph.initializers["up.w"]?.elementType == 3)
        // What is common to all windows is taken away; windows of other lengths than that of the measurement count.
        let lengths = [148, 40, 150, 90, 148, 60]
        let (expected, found) = (try vectors(source, frameCounts: lengths), try vectors(target, frameCounts: lengths))
        func centred(_ vectors: [[Float]]) -> [[Float]] {
            let mean = vectors[0].indices.map { index in vectors.reduce(Float(0)) { $0 + $1[index] } / 6 }
            return vectors.map { zip($0, mean).map { $0 - $1 } }
        }
        for (first, second) in zip(centred(expected), centred(found)) {
            #expect(EncoderRunner.cosine(first, second) > 0.98)
        }
    }

    @Test func theRangesHoldZeroAndWhatWasSeen() {
        for (low, high) in [(-3, 5), (1, 4), (-2, -1), (0, 0)] as [(Float, Float)] {
            let range = SpeakerQuantizer.Range(low, high)
            func value(_ number: Int) -> Float { range.scale * Float(number - Int(range.zero)) }
            #expect(value(0) <= min(0, low) + range.scale && value(255) >= max(0, high) - range.scale)
            #expect(value(Int(range.zero)) == 0 && range.scale > 0)
        }
    }

    @Test func theFeaturesAreTheSameEachTimeAndHaveNoMean() {
        let features = SpeakerQuantizer.features(3)
        #expect(features.count == 148 * 80 && features == SpeakerQuantizer.features(3))
        #expect(features != SpeakerQuantizer.features(4))
        let sums = (0..<80).map { band in
            stride(from: band, to: features.count, by: 80).reduce(Float(0)) { $0 + features[$1] }
        }
        #expect(sums.allSatisfy { abs($0) < 0.01 } && features.allSatisfy { abs($0) < 40 })
    }

    @Test func whatCannotBeMadeFasterIsNamedAndLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let (source, target) = (folder.file("source.onnx"), folder.file("target.onnx"))
        try RandomSpeakerModel.write(to: source, hasConvolutions: false)
        let foreign = #expect(throws: QuantizeError.self) { try SpeakerQuantizer(source) }
        #expect(foreign?.code == .notRecognised)
        try Data("no model".utf8).write(to: source)
        #expect(#expect(throws: QuantizeError.self) { try SpeakerQuantizer(source) }?.code == .unreadable)
        try RandomSpeakerModel.write(to: source)
        try Data("mine".utf8).write(to: target)
        let there = #expect(throws: QuantizeError.self) { try SpeakerQuantizer(source).quantize(to: target) }
        #expect(there?.code == .exists)
        #expect(throws: CancellationError.self) {
            try SpeakerQuantizer(source).quantize(to: target, replacing: true) { _ in throw CancellationError() }
        }
        #expect(try folder.names() == ["source.onnx", "target.onnx"])
        #expect(try Data(contentsOf: target) == Data("mine".utf8))
    }
}
