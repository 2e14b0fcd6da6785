import Foundation
import Testing

@testable import ONNXFile
@testable import STTEncoderCache

/// Weights to steps, by hand: the largest weight of an output is 127.
@Suite struct QuantizationArithmeticTests {
    private func source(_ shape: [Int], _ values: [Float], isConvolution: Bool) throws -> LinearSource {
        var writer = ONNXModelWriter(graphName: "g", operatorSets: ["": 17])
        writer.add(ONNXWeight("w", shape: shape) { values })
        var bytes = Data()
        try writer.write { bytes += $0 }
        let tensor = try #require(try ONNXModel(bytes).graph.initializers["w"])
        return LinearSource(weights: tensor, scales: nil, bias: nil, isConvolution: isConvolution)
    }

    @Test func everyOutputOfALinearLayerHasItsScale() throws {
        let layer = try source([2, 3], [127, 0, -1, -254, 0, 0.5], isConvolution: false)
        #expect(try layer.scales(columns: 0..<3, factor: 1) == [2, 1, 1 / 127])
        #expect(try layer.scales(columns: 1..<3, factor: 0.5) == [0.5, 0.5 / 127])
        // 127 / 2 = 63.5 and 0.5 · 127 = 63.5 go to the even neighbour.
        #expect(try layer.steps(columns: 0..<3) == [64, 0, -127, -127, 0, 64])
        #expect(try layer.steps(columns: 0..<1) == [64, -127])
    }

    @Test func aConvolutionIsAProductOverTapsAndInputs() throws {
        // [output, input, tap]
        let layer = try source([2, 2, 3], (1...12).map(Float.init), isConvolution: true)
        #expect(layer.rowCount == 6)
        #expect(try layer.floats(columns: 0..<2) == [1, 7, 4, 10, 2, 8, 5, 11, 3, 9, 6, 12])
        #expect(try layer.floats(columns: 1..<2) == [7, 10, 8, 11, 9, 12])
        #expect(try layer.convolutionFloats() == (1...12).map(Float.init))
        #expect(try layer.biases(columns: 0..<2, factor: 0.5) == [0, 0])
    }

    @Test func theReferenceRoundsHalvesAwayFromZero() {
        let channels = OutputChannels(shape: [2, 2], axis: 1)
        #expect(channels.scales([127, -254, 0.5, 3]) == [1, 2])
        #expect(channels.steps([127, -254, 0.5, 3]) == [127, -127, 1, 2])
        #expect(OutputChannels(shape: [2, 1, 2], axis: 0).scales([127, -254, 0, 0]) == [2, 1])
        #expect(OutputChannels(shape: [1], axis: 0).steps([.nan]) == [0])
    }

    @Test func similarityIsOfWhatChangesOverTime() {
        // Two channels of three frames.
        #expect(EquivalenceCheck.similarity([1, 2, 3, 5, 5, 8], [11, 12, 13, 0, 0, 3], frameCount: 3) > 0.999_999)
        #expect(EquivalenceCheck.similarity([1, 2, 3], [3, 2, 1], frameCount: 3) < -0.999_999)
        #expect(EquivalenceCheck.similarity([1, 1, 1], [7, 7, 7], frameCount: 3) == 1)
        #expect(EquivalenceCheck.similarity([1, 2, 3], [1, 2], frameCount: 3) == 0)
        #expect(EquivalenceCheck.similarity([1, 2, 3], [.nan, 2, 1], frameCount: 3).isNaN == false)
    }

    @Test func differenceIsRelativeToWhatChangesOverTime() {
        let values: [Float] = [1, 2, 3, 5, 5, 8]
        #expect(EquivalenceCheck.difference(values, values, frameCount: 3) == 0)
        // Errors of 1 and 1; changes of 1, 1 and 1, 1, 4.
        #expect(EquivalenceCheck.difference(values, [1, 2, 4, 5, 5, 7], frameCount: 3) == (2.0 / 8).squareRoot())
        for bad: [Float] in [[1, 2, 3], [.nan, 2, 3, 5, 5, 8], [.infinity, 2, 3, 5, 5, 8]] {
            #expect(EquivalenceCheck.difference(values, bad, frameCount: 3) == .infinity)
        }
        #expect(EquivalenceCheck.difference([1, 1], [1, 2], frameCount: 2) == .infinity)
    }
}
