import Foundation
import Testing

@testable import STTMedia

/// Formats that people have are read as ffmpeg's own program reads them.
@Suite struct FormatTests {
    @Test(arguments: Recordings.furtherRecipes.map(\.name) + ["silence.amr"])
    func everyFormatIsReadAsByTheProgram(_ name: String) throws {
        let url = try Recordings.url(name)
        let reference = try TimedRecordings.readByProgram(url)
        let samples = try Reading(.file(url)).samples
        // The last block of a codec may be longer than what is in it; ours is cut where the container states that.
        #expect(abs(samples.count - reference.count) < 1200, "\(samples.count) instead of \(reference.count)")
        #expect(reference.count > 20_000)
        guard name != "silence.amr" else { return }
        #expect(Measures.correlation(samples, reference) > 0.99)
    }

    @Test(arguments: Recordings.furtherRecipes.map(\.name))
    func everyFormatCanBeAStream(_ name: String) throws {
        let (stream, file) = (try Reading(.trickle(Recordings.bytes(name))), try Reading(.file(Recordings.url(name))))
        // An MPEG stream whose end cannot be looked at, or an AVI without its index, may end a frame earlier.
        #expect(abs(stream.samples.count - file.samples.count) < 1200)
        #expect(Measures.correlation(stream.samples, file.samples) > 0.99)
    }

    @Test func bigEndianWaveIsRead() throws {
        let values: [Int16] = [0, 1000, -1000, 32_767, -32_768]
        func big(_ number: some FixedWidthInteger) -> [UInt8] { WaveBytes.bytes(number.bigEndian) }
        let format = big(UInt16(1)) + big(UInt16(1)) + big(UInt32(16_000)) + big(UInt32(32_000)) + big(UInt16(2))
        let audio = values.flatMap { big($0) }
        let body =
            Array("WAVEfmt ".utf8) + big(UInt32(16)) + format + big(UInt16(16)) + Array("data".utf8)
            + big(UInt32(audio.count)) + audio
        let samples = try Reading(.bytes(Array("RIFX".utf8) + big(UInt32(body.count)) + body)).samples
        #expect(samples == values.map { Float($0) / 32_768 })
    }

    @Test func aRefusedCodecIsNamedWithoutThePath() throws {
        let url = try TimedRecordings.folder().appendingPathComponent("refused.mkv")
        try FFmpegCommand.run(["-i", try Recordings.url("s16.wav").path, "-c:a", "tta", url.path])
        let failure = try #require(Reading.failure(.file(url)))
        #expect(failure.code == .unsupportedFormat && failure.message.contains("(tta)"))
        #expect(!failure.description.contains(url.deletingLastPathComponent().path))
    }

    /// A codec that telephony uses, there and back: as long, and the same envelope.
    @Test(arguments: ["g722.wav", "alaw.wav", "mulaw.wav", "adpcm-ms.wav", "adpcm-ima.wav"])
    func codecsOfTelephonyKeepLengthAndEnvelope(_ name: String) throws {
        let samples = try Reading(.file(Recordings.url(name))).samples
        // ADPCM does not state how full its last block is.
        #expect(abs(samples.count - TestSignal.count16k) < 700)
        func envelope(_ samples: [Float]) -> [Double] {
            stride(from: 0, to: 22_400, by: 320).map { Measures.power(samples[$0..<$0 + 320]).squareRoot() }
        }
        for (own, expected) in zip(envelope(samples), envelope(TestSignal.at16k)) {
            #expect(abs(own - expected) < 0.25 * expected + 0.01)
        }
    }

    @Test func gsmKeepsItsLengthWithAndWithoutContainer() throws {
        let bytes = try Recordings.bytes("gsm.gsm")
        let (bare, wave) = (try Reading(.bytes(bytes)), try Reading(.file(Recordings.url("gsm.wav"))))
        #expect(bare.samples.count == bytes.count / 33 * 320)
        #expect(abs(bare.samples.count - wave.samples.count) <= 320)
        let declared = try HeaderlessEncoding(codecName: "gsm", sampleRate: 8000)
        #expect(try Reading(.bytes(bytes, headerless: declared)).samples == bare.samples)
    }

    @Test(arguments: [
        ("a.sln", 8000), ("a.sln16", 16_000), ("a.sln48", 48_000), ("A.SLN44", 44_100), ("a.slin", 8000),
    ])
    func rawSamplesAreNamedByTheirExtension(_ name: String, _ rate: Int) throws {
        let url = try TimedRecordings.folder().appendingPathComponent(name)
        try Data(WaveBytes.pcm16([Int16](repeating: 8192, count: rate))).write(to: url)
        let reading = try Reading(.file(url))
        #expect(reading.properties.sampleRate == rate && reading.properties.container == "headerless")
        #expect(reading.samples.count == 16_000)
        #expect(abs(reading.samples[8000] - 0.25) < 1e-3)
        #expect(Reading.failure(.bytes([UInt8](try Data(contentsOf: url))))?.code == .unsupportedFormat)
    }

    /// Silence of A-law is 0xD5 and 0x55: its beginning looks like the first octets of GSM frames.
    @Test(arguments: [231, 1650, 8000, 66_000, 100_000])
    func quietALawIsNotTakenForGSM(quiet: Int) throws {
        let speech = try Recordings.bytes("raw.alaw")
        let bytes = [UInt8](repeating: 0xD5, count: quiet)
        #expect(Reading.failure(.bytes(bytes))?.code == .unsupportedFormat)
        #expect(Reading.failure(.bytes(bytes + speech))?.code == .unsupportedFormat)
    }

    @Test func aFewFramesOfGSMAreRecognised() throws {
        let bytes = try Recordings.bytes("gsm.gsm")
        #expect(try Reading(.bytes(Array(bytes.prefix(33 * 7)))).samples.count == 7 * 320)
        #expect(try Reading(.trickle(Array(bytes.prefix(33 * 7)))).samples.count == 7 * 320)
    }
}
