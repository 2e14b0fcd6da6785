import Foundation
import Testing

@testable import ONNXFile

@Suite struct HalfTests {
    /// By IEEE 754: one bit of sign, five of the exponent with a bias of 15, ten of the fraction.
    static let known: [(value: Float, bits: UInt16)] = [
        (0, 0x0000), (-0.0, 0x8000), (1, 0x3C00), (-2, 0xC000), (0.1, 0x2E66),
        // Halfway between two halves: the even one.
        (0x1.002p0, 0x3C00), (0x1.006p0, 0x3C02), (0x1.003p0, 0x3C01),
        // The fraction carries into the exponent.
        (0x1.FFFp0, 0x4000),
        // The smallest normal one, and those below it, which are multiples of 2⁻²⁴.
        (0x1p-14, 0x0400), (0x1.FFFp-15, 0x0400), (0x1p-24, 0x0001), (-0x1p-24, 0x8001), (0x1p-25, 0x0000),
        (0x1.8p-24, 0x0002), (1e-30, 0x0000),
        // The largest one, also for what is beyond.
        (65_504, 0x7BFF), (65_519, 0x7BFF), (-65_536, 0xFBFF), (1e30, 0x7BFF), (.infinity, 0x7BFF), (.nan, 0x7E00),
    ]

    @Test(arguments: known)
    func halvesHaveTheseBits(value: Float, bits: UInt16) {
        #expect(value.half == bits)
    }

    #if !(os(macOS) && arch(x86_64))
        @Test func halvesAreThoseOfTheProcessor() {
            var random = SystemRandomNumberGenerator()
            for _ in 0..<100_000 {
                let value = Float(bitPattern: random.next())
                let expected = Float16(value)
                guard expected.isFinite, value.isFinite else { continue }
                #expect(value.half == expected.bitPattern, "\(value)")
            }
        }
    #endif

    @Test func aWeightOfHalvesIsRounded() throws {
        var writer = ONNXModelWriter(graphName: "g", operatorSets: ["": 17])
        writer.add(ONNXWeight("w", shape: [3], isHalf: true) { [1, -2, 65_504] })
        var bytes = Data()
        try writer.write { bytes += $0 }
        let weight = try #require(try ONNXModel(bytes).graph.initializers["w"])
        #expect(weight.elementType == 10)
        #expect(weight.rawBytes.map { Array($0) } == [0x00, 0x3C, 0x00, 0xC0, 0xFF, 0x7B])
    }
}
