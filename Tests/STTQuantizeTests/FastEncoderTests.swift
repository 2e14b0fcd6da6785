import Foundation
import ONNXFile
import RandomModels
import TestSupport
import Testing

@testable import STTEncoderCache

/// The fast graph against its source, both run by ONNX Runtime.
@Suite struct FastEncoderTests {
    typealias Variation = RandomConformer.Variation

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let variation: Variation

        init(_ name: String, _ adjust: (inout Variation) -> Void) {
            var variation = Variation()
            adjust(&variation)
            (testDescription, self.variation) = (name, variation)
        }
    }

    static let known = [
        Case("the usual form") { _ in },
        Case("tables of whole heads") { $0.tables = .doubled },
        Case("one table") { $0.tables = .one },
        Case("sums the other way round") { $0.isSumSwapped = true },
        Case("a mask") { $0.hasMask = true },
        Case("a gate that is split") { $0.isSplit = true },
        Case("an output wider than the layers") { $0.projectedChannels = 80 },
        Case("an output narrower than the layers") { $0.projectedChannels = 24 },
    ]

    @Test(arguments: known) func theFastGraphComputesTheSame(_ encoder: Case) throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(encoder.variation, to: folder.file("source"))
        for (form, source, target) in [
            (Quantizer.Form.fast, "source", "fast"), (.reference, "source", "int8"), (.fast, "int8", "again"),
            (.matmul, "source", "matmul"), (.fast, "matmul", "third"),
        ] {
            try Quantizer(form).quantize(folder.file(source), to: folder.file(target))
        }
        // Lengths that are a multiple of four, and not.
        for frameCount in [1, 2, 3, 64, 97, 98, 99] {
            let runner = EncoderRunner(frameCount: frameCount)
            let expected = try runner.run(folder.file("source"))
            #expect(expected.frameCount == (frameCount + 3) / 4)
            for name in ["fast", "int8", "again", "matmul", "third"] {
                let found = try runner.run(folder.file(name))
                #expect(found.frameCount == expected.frameCount)
                #expect(found.length == expected.length)
                #expect(EncoderRunner.cosine(expected.values, found.values) > 0.99, "\(name), \(frameCount)")
            }
        }
    }

    private static func writeLayout(of source: URL, to target: URL) throws {
        let model = try ONNXModel(contentsOf: source)
        var bytes = Data()
        try FastEncoder(ConformerReader(model).read(), of: model, isFloat: true).build().write { bytes += $0 }
        try bytes.write(to: target)
    }

    /// Without quantisation nothing but the order of sums differs: far below the limit …
    @Test(arguments: known) func theLayoutInFloatsComputesTheSame(_ encoder: Case) throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(encoder.variation, to: folder.file("source"))
        try Self.writeLayout(of: folder.file("source"), to: folder.file("layout"))
        for frameCount in [1, 98, 400] {
            let runner = EncoderRunner(frameCount: frameCount)
            let (expected, found) = (try runner.run(folder.file("source")), try runner.run(folder.file("layout")))
            let difference = EquivalenceCheck.difference(
                expected.values, found.values, frameCount: expected.frameCount)
            // One frame does not change over time.
            if frameCount > 1 { #expect(difference < 0.1 * EquivalenceCheck.largestDifference, "\(difference)") }
        }
        try EquivalenceCheck(of: folder.file("source")).requireSameFunction(folder.file("layout"))
    }

    static let misunderstood = [
        Case("a branch of another weight") { $0.half = 0.55 },
        Case("another activation") { $0.activation = "Tanh" },
        Case("a lost layer") { $0.layerCount = 3 },
        Case("the other half as the gate") { $0.isGateFirst = true },
    ]

    /// … so that what quantisation would hide is above it.
    @Test(arguments: misunderstood) func whatIsComputedOtherwiseShowsInFloats(_ encoder: Case) throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("usual"))
        try Self.writeLayout(of: folder.file("usual"), to: folder.file("layout"))
        try RandomConformer.write(encoder.variation, to: folder.file("source"))
        let check = try EquivalenceCheck(of: folder.file("source"))
        let error = #expect(throws: QuantizeError.self) { try check.requireSameFunction(folder.file("layout")) }
        #expect(error?.code == .notEqual)
    }

    @Test(arguments: [Quantizer.Form.fast, .reference, .matmul], [Quantizer.Form.reference, .matmul])
    func theFormsOfGigasttAreMadeFromFloatsOnly(form: Quantizer.Form, again: Quantizer.Form) throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        try Quantizer(form).quantize(folder.file("source"), to: folder.file("int8"))
        let error = try #require(throws: QuantizeError.self) {
            try Quantizer(again).quantize(folder.file("int8"), to: folder.file("again"))
        }
        #expect(error.code == .notRecognised)
        #expect(error.message.contains("--fp32"))
    }

    /// As ONNX Runtime's tool does when it is given this one operator; `Tests/Reference` compares with the tool itself.
    @Test func theMatmulFormLeavesConvolutionsInFloats() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        func types(_ form: Quantizer.Form?) throws -> [String: Int] {
            if let form { try Quantizer(form).quantize(folder.file("source"), to: folder.file("\(form)")) }
            let model = try ONNXModel(contentsOf: folder.file(form.map { "\($0)" } ?? "source"))
            return Dictionary(grouping: model.graph.nodes, by: \.type).mapValues(\.count)
        }
        let (source, matmul, reference) = (try types(nil), try types(.matmul), try types(.reference))
        // Eight matrices a layer; the other two products are those of attention.
        #expect(source["Conv"] == 2 + 3 * 2 && source["MatMul"] == 10 * 2)
        #expect(matmul["Conv"] == source["Conv"] && matmul["ConvInteger"] == nil)
        #expect(matmul["MatMulInteger"] == 8 * 2 && matmul["MatMul"] == 2 * 2)
        #expect(reference["MatMulInteger"] == 8 * 2 && reference["Conv"] == 2 && reference["ConvInteger"] == 6)
    }

    @Test func aFastGraphIsNotRebuilt() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        try Quantizer(.fast).quantize(folder.file("source"), to: folder.file("fast"))
        let error = try #require(throws: QuantizeError.self) {
            try Quantizer(.fast).quantize(folder.file("fast"), to: folder.file("fast"), replacing: true)
        }
        #expect(error.code == .notRecognised)
    }

    /// Random weights lie on no half of a step, so that both roundings agree.
    @Test func theStepsOfAnInt8SourceAreTakenAsTheyAre() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        try Quantizer(.reference).quantize(folder.file("source"), to: folder.file("int8"))
        let floats = try ConformerReader(ONNXModel(contentsOf: folder.file("source"))).read()
        let bytes = try ConformerReader(ONNXModel(contentsOf: folder.file("int8"))).read()
        #expect(bytes.layers.count == 2)
        for (a, b) in zip(floats.layers, bytes.layers) {
            for (a, b) in [(a.first.up, b.first.up), (a.convolution.gated, b.convolution.gated)] {
                #expect(b.weights.elementType == 3)
                let columns = 8..<24
                #expect(try a.steps(columns: columns) == b.steps(columns: columns))
                #expect(try a.scales(columns: columns, factor: 0.5) == b.scales(columns: columns, factor: 0.5))
                for (x, y) in zip(try a.floats(columns: columns), try b.floats(columns: columns)) {
                    #expect(abs(x - y) < 0.01)
                }
            }
        }
    }

    @Test func theNamesOfInputsAndOutputsStay() throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.file("source"))
        try Quantizer(.fast).quantize(folder.file("source"), to: folder.file("fast"))
        let (source, fast) = (
            try ONNXModel(contentsOf: folder.file("source")), try ONNXModel(contentsOf: folder.file("fast"))
        )
        #expect(fast.graph.inputPorts.map(\.message) == source.graph.inputPorts.map(\.message))
        #expect(fast.graph.outputPorts.map(\.message) == source.graph.outputPorts.map(\.message))
        // 33 nodes a layer, 43 for lengths, subsampling and ends: 571 for the 16 layers of the published encoder.
        #expect(fast.graph.nodes.count == 43 + 33 * 2)
        let types = Dictionary(grouping: fast.graph.nodes, by: \.type).mapValues(\.count)
        #expect(types["MultiHeadAttention"] == 2)
        #expect(types["DynamicQuantizeMatMul"] == 7 * 2)
        #expect(types["MatMulIntegerToFloat"] == 4 * 2 + 1)
        #expect(types["Conv"] == 2)
        #expect(types["ConvInteger"] == nil)
    }

    static let foreign = [
        Case("another activation") { $0.activation = "Tanh" },
        Case("a branch that is not halved") { $0.half = 1 },
        Case("another rate of frames") { $0.stride = 1 },
        Case("convolutions of groups") { $0.groups = 4 },
        Case("another epsilon") { $0.epsilon = 1e-3 },
        Case("another rectifier") { $0.rectifier = "Elu" },
        Case("attention without normalisation") { $0.normalizesScores = false },
        Case("another rotation") { $0.rotationSum = "Sub" },
        Case("cosines for sines") { $0.isRotationTurnedBack = true },
        Case("attention that is sharper") { $0.attentionFactor = 2 },
        Case("the other half as the gate") { $0.isGateFirst = true },
        Case("a third output") { $0.hasThirdOutput = true },
        Case("older operators") { $0.operatorSet = 16 },
        Case("operators of the future") { $0.operatorSet = 26 },
    ]

    @Test(arguments: foreign) func whatIsNotKnownIsRefused(_ encoder: Case) throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(encoder.variation, to: folder.file("source"))
        let error = try #require(throws: QuantizeError.self) {
            try Quantizer(.fast).quantize(folder.file("source"), to: folder.file("fast"))
        }
        #expect(error.code == .notRecognised)
        #expect(error.message.contains("can be used as it is"))
        #expect(try folder.names() == ["source"])
    }

    /// In which order the axes of the result stand is not looked at: the comparison tells.
    @Test func whatWasMisunderstoodIsThrownAway() throws {
        let folder = try TemporaryFolder()
        var variation = Variation()
        variation.isFrameMajor = true
        try RandomConformer.write(variation, to: folder.file("source"))
        let error = try #require(throws: QuantizeError.self) {
            try Quantizer(.fast).quantize(folder.file("source"), to: folder.file("fast"))
        }
        #expect(error.code == .notEqual, "\(error.debugDescription)")
        #expect(try folder.names() == ["source"])
    }
}
