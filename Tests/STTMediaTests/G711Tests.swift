import Foundation
import Testing

@testable import STTMedia

@Suite struct G711Tests {
    /// Decoder output values as ITU-T G.711 tabulates them: (2m + 33) · 2^s − 33 of 8159, sign by the first bit.
    @Test func muLawFollowsTheRecommendation() {
        for code in 0..<256 {
            let inverted = 255 - code
            let (segment, mantissa) = (inverted / 16 % 8, inverted % 16)
            let magnitude = (2 * mantissa + 33) * Int(pow(2, Double(segment))) - 33
            #expect(Int(G711.ulaw[code]) == (inverted >= 128 ? -4 : 4) * magnitude)
        }
    }

    /// Decoder output values of A-law: odd multiples of the half step of each segment, of 4096.
    @Test func aLawFollowsTheRecommendation() {
        for code in 0..<256 {
            let toggled = code ^ 0b0101_0101
            let (segment, mantissa) = (toggled / 16 % 8, toggled % 16)
            let magnitude =
                segment == 0 ? Double(2 * mantissa + 1) : Double(2 * mantissa + 33) * pow(2, Double(segment - 1))
            #expect(Double(G711.alaw[code]) == (toggled >= 128 ? 8 : -8) * magnitude)
        }
    }

    @Test(arguments: [(0x00, -32_124), (0x80, 32_124), (0x7F, 0), (0xFF, 0), (0xEF, 132), (0x8F, 16_764)])
    func muLawAnchors(_ code: Int, _ value: Int) { #expect(Int(G711.ulaw[code]) == value) }

    @Test(arguments: [(0x55, -8), (0xD5, 8), (0x2A, -32_256), (0xAA, 32_256), (0x80, 5504)])
    func aLawAnchors(_ code: Int, _ value: Int) { #expect(Int(G711.alaw[code]) == value) }

    @Test(arguments: [("mulaw", true), ("alaw", false)])
    func ffmpegAgreesOnEveryCode(_ format: String, _ isMuLaw: Bool) throws {
        let folder = try Recordings.shared.get().folder
        let input = folder.appendingPathComponent("codes.\(format)")
        let output = folder.appendingPathComponent("codes-\(format).s16")
        try Data((0..<256).map { UInt8($0) }).write(to: input)
        try FFmpegCommand.run(["-f", format, "-ar", "8000", "-i", input.path, "-f", "s16le", output.path])
        let decoded = try [UInt8](Data(contentsOf: output))
        let values = (0..<256).map { Int16(bitPattern: UInt16(decoded[2 * $0]) | UInt16(decoded[2 * $0 + 1]) << 8) }
        #expect(values == (isMuLaw ? G711.ulaw : G711.alaw))
    }
}
