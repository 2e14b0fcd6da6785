import Foundation
import STTMedia
import TestSupport
import Testing

@Suite struct RawAudioCheckTests {
    /// A voice: pulses at `pitch`, shaped by two resonances, with pauses. Three seconds.
    private static func voice(pitch: Double = 120, rate: Double = 16_000) -> [Float] {
        var (first, second): (Double, Double) = (0, 0)
        var phase = 0.0
        return (0..<Int(3 * rate)).map { index in
            let time = Double(index) / rate
            phase += (pitch + 10 * sin(2 * .pi * 0.7 * time)) / rate
            let isPulse = phase >= 1
            if isPulse { phase -= 1 }
            let speaks = time.truncatingRemainder(dividingBy: 0.8) < 0.65
            let (radius, angle) = (exp(-.pi * 120 / rate), 2 * .pi * 600 / rate)
            let value = (isPulse && speaks ? 0.4 : 0) + 2 * radius * cos(angle) * first - radius * radius * second
            (second, first) = (first, value)
            return Float(max(-0.95, min(0.95, value * 0.3)))
        }
    }

    private static func pcm16(_ samples: [Float], bigEndian: Bool = false) -> [UInt8] {
        samples.flatMap { sample -> [UInt8] in
            let bytes = WaveBytes.bytes(Int16(sample * 32_767))
            return bigEndian ? bytes.reversed() : bytes
        }
    }

    private func finding(_ bytes: [UInt8], rate: Int = 16_000, block: Int = 9600) -> RawAudioCheck.Finding? {
        var check = RawAudioCheck(sampleRate: rate)
        for start in stride(from: 0, to: bytes.count, by: block) {
            if let finding = check.append(Array(bytes[start..<min(bytes.count, start + block)])) { return finding }
        }
        return nil
    }

    @Test(arguments: [90.0, 120, 210, 280])
    func whatWasDeclaredIsNotReported(_ pitch: Double) {
        #expect(finding(Self.pcm16(Self.voice(pitch: pitch))) == nil)
        #expect(finding([UInt8](repeating: 0, count: 200_000)) == nil)
        #expect(finding(Self.pcm16(TestSignal.at16k + TestSignal.at16k)) == nil)
    }

    @Test(arguments: [Int.min, 0, 1, 9, 19, 20, 39, 999, 1_000]) func aRateWithoutAVoiceIsNoReason(_ rate: Int) {
        #expect(finding(Self.pcm16(Self.voice()), rate: rate) == nil)
    }

    @Test func noiseIsNotReported() {
        var random = SeededRandom(3)
        #expect(finding(Self.pcm16((0..<64_000).map { _ in Float.random(in: -0.3...0.3, using: &random) })) == nil)
    }

    @Test(arguments: [
        ("s16.wav", "WAV"), ("long.wav", "WAV"), ("mp3.mp3", nil), ("aac.m4a", "MP4"),
        ("opus.webm", "Matroska or WebM"),
        ("opus.ogg", "Ogg"), ("flac.flac", "FLAC"), ("s16.au", "AU"), ("s8.aiff", "AIFF"), ("s16.caf", "CAF"),
        ("wmav2.wma", "ASF or WMA"), ("aac.flv", "FLV"), ("mp2.mpg", "MPEG"), ("w64.w64", "Wave64"),
        ("silence.amr", "AMR"),
    ])
    func containersAreNamed(_ name: String, _ container: String?) throws {
        let bytes = try Recordings.bytes(name)
        // Raw samples may begin as MP3 frames do, and an MP3 without a tag is reported by its noise or not at all.
        guard let container else { return }
        #expect(finding(bytes) == .container(container))
        #expect(finding(bytes, block: 3) == .container(container))
    }

    @Test func otherSampleFormatsAreReported() {
        let voice = Self.voice()
        #expect(finding(Self.pcm16(voice, bigEndian: true)) == .sampleFormat("s16be"))
        #expect(finding(voice.flatMap { WaveBytes.bytes($0.bitPattern) }) == .sampleFormat("f32le"))
        #expect(
            finding(voice.map { UInt8(128 + $0 * 127) } + voice.map { UInt8(128 + $0 * 127) }) == .sampleFormat("u8"))
        #expect(finding(voice.flatMap { WaveBytes.bytes(Int32($0 * 2e9)) }) == .sampleFormat("s32le"))
    }

    @Test func twoChannelsAreReported() {
        let (left, right) = (Self.voice(), Self.voice(pitch: 200))
        #expect(finding(Self.pcm16(zip(left, left).flatMap { [$0, $1] })) == .stereo)
        #expect(finding(Self.pcm16(zip(left, right).flatMap { [$0, $1] })) == .stereo)
    }

    @Test(arguments: [100.0, 150])
    func aVoiceThatIsTooLowHasAnotherRate(_ pitch: Double) {
        #expect(finding(Self.pcm16(Self.voice(pitch: pitch, rate: 48_000))) == .sampleRate(48_000))
        #expect(finding(Self.pcm16(Self.voice(pitch: pitch, rate: 44_100))) == .sampleRate(48_000))
        #expect(finding(Self.pcm16(Self.voice(pitch: pitch, rate: 48_000)), rate: 48_000) == nil)
    }

    /// Blocks of a tenth of a second of silence, as a sound card at `rate` delivers them.
    @Test(
        arguments: [
            (48_000.0, .sampleRate(48_000)), (44_150, .sampleRate(44_100)), (7950, .sampleRate(8000)), (16_100, nil),
            (96_000, .stereo), (20_000, nil), (1_000_000, nil),
        ] as [(Double, RawAudioCheck.Finding?)])
    func thePaceOfALiveStreamShowsItsRate(_ rate: Double, _ expected: RawAudioCheck.Finding?) {
        var check = RawAudioCheck(sampleRate: 16_000)
        var found: RawAudioCheck.Finding?
        for index in 0..<80 where found == nil {
            found = check.append([UInt8](repeating: 0, count: Int(rate / 10) * 2), at: Double(index) / 10)
        }
        #expect(found == expected)
    }
}
