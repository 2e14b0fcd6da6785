import Foundation
import ONNXFile
import OnnxRuntime
import RandomModels
import TestSupport
import Testing

@testable import STTEncoderCache

/// The form for several windows against its source, which encodes each window alone.
@Suite struct BatchEncoderTests {
    /// Multiples of four, and not, in an order in which neither the first nor the last is the longest.
    private static let lengths = [40, 1, 98, 3, 97, 2, 64, 5]
    /// What is behind the end of a window; nothing of it may be read.
    private static let paddings: [Float] = [0, 1e3, .nan, .infinity]

    /// Another order of sums makes some 1e-6; a mask that is left out, more than 1e-2 in some window.
    private static let largestDifference: Float = 1e-4

    @Test(arguments: FastEncoderTests.known) func everyWindowIsEncodedAsAlone(_ encoder: FastEncoderTests.Case) throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(encoder.variation, to: folder.file("source"))
        try Quantizer(.batch).quantize(folder.file("source"), to: folder.file("batch"))
        let alone = try Self.lengths.map { try Self.encode([$0], by: folder.file("source"))[0] }
        for padding in Self.paddings {
            let together = try Self.encode(Self.lengths, padding: padding, by: folder.file("batch"))
            for (length, (found, expected)) in zip(Self.lengths, zip(together, alone)) {
                #expect(found.count == expected.count)
                let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
                #expect(difference < Self.largestDifference, "\(length) frames, padding \(padding): \(difference)")
                #expect(!found.contains { $0.isNaN })
            }
        }
    }

    /// ONNX Runtime computes halves in floats here: what differs is the rounding of weights and of what is cast.
    @Test(arguments: FastEncoderTests.known)
    func halvesEncodeEveryWindowAsAlone(_ encoder: FastEncoderTests.Case) throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(encoder.variation, to: folder.file("source"))
        try Quantizer(.batchHalf).quantize(folder.file("source"), to: folder.file("halves"))
        let floats = try Self.lengths.map { try Self.encode([$0], by: folder.file("source"))[0] }
        let alone = try Self.lengths.map { try Self.encode([$0], by: folder.file("halves"))[0] }
        for padding in Self.paddings {
            let together = try Self.encode(Self.lengths, padding: padding, by: folder.file("halves"))
            for (place, found) in together.enumerated() {
                let difference = zip(found, alone[place]).map { abs($0 - $1) }.max() ?? .infinity
                #expect(difference < 0.01, "\(Self.lengths[place]) frames, padding \(padding): \(difference)")
                #expect(EncoderRunner.cosine(found, floats[place]) > 0.9999)
            }
        }
    }

    /// Its ports are floats, and no weight of its layers is one.
    @Test func halvesTakeHalfOfTheRoom() throws {
        let folder = try TemporaryFolder()
        var variation = RandomConformer.Variation()
        variation.expansion = 60
        try RandomConformer.write(variation, to: folder.file("source"))
        for form in [Quantizer.Form.batch, .batchHalf] {
            try Quantizer(form).quantize(folder.file("source"), to: folder.file(form.rawValue))
        }
        let sizes = try ["batch", "batch-fp16"].map { try Data(contentsOf: folder.file($0)).count }
        #expect(Double(sizes[1]) < 0.53 * Double(sizes[0]))
        let graph = try ONNXModel(contentsOf: folder.file("batch-fp16")).graph
        #expect((graph.inputPorts + graph.outputPorts).map(\.elementType) == [1, 7, 1, 6])
        #expect(Set(graph.initializers.values.map(\.elementType)) == [7, 10])
    }

    /// Halves must be nearer to floats than int8, which has 0.9997 of this encoder and 0.97 of one of full size.
    @Test func whatIsLessAlikeThanAskedForIsRefused() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        try Quantizer(.matmul).quantize(folder.file("source"), to: folder.file("int8"))
        func check(_ least: Double) throws -> Double {
            try Quantizer.check(folder.file("int8"), against: folder.file("source"), in: folder.url, least: least)
        }
        let similarity = try check(EquivalenceCheck.leastSimilarity)
        #expect(try check(similarity - 1e-6) == similarity)
        let error = try #require(throws: QuantizeError.self) { try check(similarity + 1e-6) }
        #expect(error.code == .notEqual)
        let halves = try Quantizer(.batchHalf).quantize(folder.file("source"), to: folder.file("halves"))
        #expect(halves > similarity && halves > EquivalenceCheck.leastSimilarityOfHalves)
    }

    /// Its weights are those of the int8 source, its activations stay floats.
    @Test func anInt8SourceGivesOneToo() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        try Quantizer(.matmul).quantize(folder.file("source"), to: folder.file("int8"))
        try Quantizer(.batch).quantize(folder.file("int8"), to: folder.file("batch"))
        let together = try Self.encode(Self.lengths, by: folder.file("batch"))
        for (length, found) in zip(Self.lengths, together) {
            #expect(EncoderRunner.cosine(found, try Self.encode([length], by: folder.file("source"))[0]) > 0.99)
        }
    }

    @Test func itsPortsTakeAnyNumberOfWindowsAndItIsNotQuantised() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        try Quantizer(.batch).quantize(folder.file("source"), to: folder.file("batch"))
        let session = try OrtSession(.file(folder.path("batch")), in: OrtEnvironment.shared())
        #expect(session.inputs.map(\.name) == ["audio_signal", "length"])
        #expect(session.inputs.map(\.shape) == [[-1, 64, -1], [-1]])
        #expect(session.outputs.map(\.name) == ["encoded", "encoded_len"])
        #expect(session.outputs.map(\.shape) == [[-1, 32, -1], [-1]])
        let types = Set(try ONNXModel(contentsOf: folder.file("batch")).graph.nodes.map(\.type))
        #expect(types.isDisjoint(with: ["DynamicQuantizeMatMul", "DynamicQuantizeLinear", "MatMulIntegerToFloat"]))
        #expect(try Quantizer.form(of: folder.file("batch")) == .unrecognized)
    }

    /// The valid frames of each window, frame by frame.
    private static func encode(
        _ lengths: [Int], padding: Float = 0, by model: URL
    ) throws -> [[Float]] {
        let environment = try OrtEnvironment.shared()
        let session = try OrtSession(.file(model.path), in: environment)
        let longest = lengths.max() ?? 0
        let features = try Tensor(
            shape: [lengths.count, 64, longest], of: Float.self, in: environment
        ) { target in
            for index in target.indices {
                let (window, band, frame) = (index / longest / 64, index / longest % 64, index % longest)
                let value = 2 * sin(0.11 * Float(band) + 0.07 * Float(frame)) + sin(Float(1 + band * lengths[window]))
                target[index] = frame < lengths[window] ? value : padding
            }
        }
        let counts = try Tensor(shape: [lengths.count], of: Int64.self, in: environment) { target in
            for (index, length) in lengths.enumerated() { target[index] = Int64(length) }
        }
        let outputs = try session.run([features, counts])
        let (channels, frames) = (outputs[0].shape[1], outputs[0].shape[2])
        let values = try outputs[0].withElements(of: Float.self) { Array($0) }
        let valid = try outputs[1].withElements(of: Int32.self) { $0.map(Int.init) }
        #expect(valid == lengths.map { ($0 + 3) / 4 })
        return valid.enumerated().map { window, count in
            (0..<count * channels).map { values[(window * channels + $0 % channels) * frames + $0 / channels] }
        }
    }
}
