import Testing

@testable import GigaSTTCommand

/// Any bytes come back from the text that was made of them.
@Suite struct ArgumentBytesTests {
    @Test(
        arguments: [
            [], Array("запись.wav".utf8), [0xFF], [0x61, 0xD0], [0xD0, 0x61], [0xE2, 0x82], [0xF0, 0x9F, 0x92],
            [0x80, 0xC0, 0xAF],
            // Surrogates, and the characters that stand for bytes.
            [0xED, 0xA0, 0x80], Array("\u{10F7FF}x\u{10F780}".utf8), Array("\u{10F77F}\u{10FFFD}".utf8),
            // Composed and decomposed.
            Array("\u{439}\u{438}\u{306}".utf8),
        ] as [[UInt8]])
    func bytesSurvive(_ bytes: [UInt8]) {
        #expect(ArgumentBytes.bytes(of: ArgumentBytes.text(bytes)) == bytes)
    }

    @Test func randomBytesSurvive() {
        var state: UInt64 = 7
        for _ in 0..<2_000 {
            let bytes = (0..<12).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                // Mostly bytes of multi-byte characters.
                return UInt8(truncatingIfNeeded: state >> 33) | (state >> 62 == 0 ? 0 : 0x80)
            }
            #expect(ArgumentBytes.bytes(of: ArgumentBytes.text(bytes)) == bytes)
        }
    }

    @Test func validTextStaysAsItIs() {
        #expect(ArgumentBytes.text(Array("Привет 👋".utf8)) == "Привет 👋")
    }
}
