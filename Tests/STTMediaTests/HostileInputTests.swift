import Foundation
import STTMedia
import TestSupport
import Testing

/// Whatever the bytes are, reading ends soon, with samples or an error.
@Suite struct HostileInputTests {
    @Test(arguments: [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1/a.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '/etc/passwd'\n", "[playlist]\nFile1=/etc/passwd\n",
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 0\r\n",
        "1\n00:00:01,000 --> 00:00:02,000\nsubtitle\n\n", "plain text, nothing else", " ", "\0\0\0\0\0\0\0\0\0\0\0\0",
        "<html><body>404</body></html>", "RIFF", "OggS", "fLaC", "ID3", "\u{1A}E",
    ])
    func textAndPlaylistsAreNotAudio(_ text: String) {
        let code = Reading.failure(.bytes(Array(text.utf8)))?.code
        #expect(code == .unsupportedFormat || code == .damaged)
    }

    @Test func nothingIsEmpty() {
        for source in [AudioSource.bytes([]), .stream { _ in 0 }] {
            let failure = Reading.failure(source)
            #expect(failure?.code == .empty)
            #expect(failure?.message.hasPrefix("Empty audio payload") == true)
        }
    }

    @Test func picturesAndSilentVideosHaveNoAudio() throws {
        #expect(Reading.failure(.file(try Recordings.url("silent.mp4")))?.code == .noAudio)
        #expect(Reading.failure(.file(try Recordings.url("picture.png")))?.code == .unsupportedFormat)
    }

    @Test func randomBytesAreRefusedOrRead() {
        var random = SeededRandom(7)
        for count in [1, 2, 3, 11, 100, 5000, 50_000] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            check(.bytes(bytes))
            check(.trickle(bytes))
        }
    }

    @Test(arguments: ["short.mp3", "short.m4a", "short.ogg", "short.webm", "short.flac", "short-adpcm.wav"])
    func aFileCutAnywhereGivesItsStartOrAnError(_ name: String) throws {
        let bytes = try Recordings.bytes(name)
        for part in 1..<12 { check(.bytes(Array(bytes.prefix(bytes.count * part / 12)))) }
    }

    @Test func aCutRecordingEndsWithoutAnError() throws {
        for name in ["mp3.mp3", "opus.ogg", "live.webm", "flac.flac", "vorbis.mkv"] {
            let bytes = try Recordings.bytes(name)
            let samples = try Reading(.bytes(Array(bytes.prefix(bytes.count * 2 / 3)))).samples
            #expect((6000..<22_000).contains(samples.count), "\(name): \(samples.count)")
            #expect(Measures.correlation(samples, TestSignal.at16k, margin: 2000) > 0.98)
        }
    }

    @Test func anIndexAtTheEndIsMissingInACutFile() throws {
        let bytes = try Recordings.bytes("aac.m4a")
        for source in [AudioSource.bytes(bytes.dropLast(bytes.count / 2)), .trickle(bytes.dropLast(bytes.count / 2))] {
            #expect(Reading.failure(source)?.code == .damaged)
        }
    }

    @Test func damagedPacketsAreSkippedAndCounted() throws {
        var bytes = try Recordings.bytes("flac.flac")
        for index in bytes.count / 2..<bytes.count / 2 + 40 { bytes[index] = 0 }
        let reading = try Reading(.bytes(bytes))
        #expect(reading.skippedPacketCount > 0)
        #expect(reading.samples.count > 16_000)
    }

    @Test func tooMuchDamageInARowEndsTheRecording() throws {
        let sound = try Recordings.bytes("adts.aac")
        // Headers of AAC-LC frames, 48 kHz, mono, 27 bytes long, as ISO 13818-7 §6.2 has them; their contents are not AAC.
        let broken = [0xFF, 0xF1, 0x4C, 0x40, 0x03, 0x7F, 0xFC] + [UInt8](repeating: 0xFF, count: 20)
        let damage = (0..<3000).flatMap { _ in broken }
        let reading = try Reading(.bytes(sound + damage + sound))
        #expect(reading.skippedPacketCount == 1001)
        // What was damaged keeps its place: 1024 samples each.
        #expect(abs(reading.samples.count - TestSignal.count16k - 1001 * 1024 / 3) < 1500)
    }

    @Test func floatsOfACompressedContainerAreLimitedAndFreeOfNaN() throws {
        let values: [Float] = [0.25, 7, -7, .nan, .infinity]
        // Header of an AU file with 32-bit floats at 16 kHz, mono; all big-endian.
        let header = [24, UInt32(values.count * 4), 6, 16_000, 1].flatMap { WaveBytes.bytes($0.bigEndian) }
        let audio = values.flatMap { WaveBytes.bytes($0.bitPattern.bigEndian) }
        #expect(try Reading(.bytes(Array(".snd".utf8) + header + audio)).samples == [0.25, 1, -1, 0, 1])
    }

    @Test func aRecordingOfWhichNothingCanBeDecodedIsDamaged() throws {
        var bytes = try Recordings.bytes("aac.m4a")
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: "mdat".utf8) }) + 4
        let size = bytes[start - 8..<start - 4].reduce(0) { $0 << 8 | Int($1) }
        for index in start..<start - 8 + size { bytes[index] = 0xFF }
        let failure = Reading.failure(.bytes(bytes))
        #expect(failure?.code == .damaged)
        #expect(failure?.message.hasPrefix("Decode error") == true)
    }

    /// What may run without a seed: no encoder for it exists here.
    private static let seedless: Set<String> = ["mp1", "wmapro", "wmavoice", "wmalossless"]

    @Test func everyContainerAndCodecThatMayRunHasASeed() throws {
        let header = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../Sources/CMedia/allowed.h"), encoding: .utf8)
        let list = try #require(header.firstMatch(of: /allowed_demuxers\[\] = \{(.*?)\};/.dotMatchesNewlines())).1
        let containers = Set(list.matches(of: /"([^"]+)"/).map { String($0.1) })
        let codes = try #require(header.firstMatch(of: /ALLOWED_DECODERS(.*?)\n\n/.dotMatchesNewlines())).1
        // FFmpeg names codecs, of which some have two decoders and some another name.
        let names = [
            "amrnb": "amr_nb", "amrwb": "amr_wb", "dca": "dts", "g722": "adpcm_g722", "g726": "adpcm_g726",
            "g726le": "adpcm_g726le",
        ]
        let codecs = codes.matches(of: /[a-z0-9_]+/).map { String($0.output) }.filter { !$0.hasSuffix("float") }
        var missing = containers.union(codecs.map { names[$0] ?? $0 }).subtracting(Self.seedless)
        for seed in Recordings.seeds {
            missing.subtract(try FFmpegCommand.kinds(of: Recordings.url(seed)))
        }
        #expect(missing == [])
    }

    @Test(.timeLimit(.minutes(2)), arguments: Recordings.seeds)
    func mutatedFilesNeverCrashOrHang(_ name: String) throws {
        let original = try Recordings.bytes(name)
        var random = SeededRandom(UInt64(original.count))
        for round in 0..<40 {
            var bytes = original
            // Mostly in the header, where the decisions are.
            let range = round % 3 == 0 ? bytes.count : min(bytes.count, 512)
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let index = Int.random(in: 0..<range, using: &random)
                bytes[index] =
                    [0, 0xFF, 0x80, 0x7F, .random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
            }
            if round % 5 == 0 { bytes.removeSubrange(range / 3..<range / 2) }
            check(round % 2 == 0 ? .bytes(bytes) : .trickle(bytes))
        }
    }

    /// Reads the first minutes, which hostile headers may stretch without end.
    private func check(_ source: AudioSource) {
        do throws(MediaError) {
            let reader = try AudioReader(source)
            for _ in 0..<20 {
                let block = try reader.read(upTo: 16_000)
                if block.isEmpty { return }
                #expect(block.allSatisfy { $0 >= -1 && $0 <= 1 })
            }
        } catch {
            #expect(!error.message.isEmpty)
        }
    }
}
