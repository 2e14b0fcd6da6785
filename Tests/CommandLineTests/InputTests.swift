import Foundation
import TestSupport
import Testing

/// Whatever is given to it, the program reads it or says why it cannot.
@Suite struct InputTests {
    private let item: Recordings.Item
    private let folder: TemporaryFolder

    init() throws {
        item = try Recordings.named("08")
        folder = try TemporaryFolder()
    }

    private func transcribe(_ data: Data, _ arguments: [String] = []) async throws -> Program.Result {
        try await Program().run(["transcribe", try folder.write(data, as: "recording")] + arguments)
    }

    @Test func anEmptyFileIsAnError() async throws {
        let result = try await transcribe(Data())
        #expect(result.code == 1 && result.output.isEmpty)
        #expect(result.errors.contains("Error: Empty audio payload"))
    }

    @Test func textIsAnErrorThatNamesTheFormats() async throws {
        let result = try await transcribe(Data("это не запись".utf8))
        #expect(result.code == 1 && result.output.isEmpty)
        #expect(result.errors.contains("Unsupported audio format") && result.errors.contains("WAV"))
    }

    @Test func aFileThatIsNotThereIsNamed() async throws {
        let result = try await Program().run(["transcribe", folder.path("nothing.wav")])
        #expect(result.code == 1)
        #expect(result.errors.contains("does not exist") && result.errors.contains(folder.path("nothing.wav")))
    }

    @Test func aFolderIsAnError() async throws {
        let result = try await Program().run(["transcribe", folder.url.path])
        #expect(result.code == 1)
        #expect(result.errors.contains("folder"))
    }

    @Test(.enabled(if: geteuid() != 0, "the administrator may read everything"))
    func aFileThatMayNotBeReadIsAnError() async throws {
        let path = try folder.write(try Data(contentsOf: item.url), as: "locked.wav")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        let result = try await Program().run(["transcribe", path])
        #expect(result.code == 1)
        #expect(result.errors.contains("permission"))
    }

    @Test func aWaveThatIsCutShortIsReadAsFarAsItGoes() async throws {
        let result = try await transcribe(try Data(contentsOf: item.url).prefix(32_000 * 3))
        #expect(result.code == 0)
        #expect(item.written.hasPrefix(result.output.split(separator: " ").prefix(3).joined(separator: " ")))
        #expect(result.output.split(separator: " ").count >= 3)
    }

    @Test func aWaveThatClaimsFourGigabytesIsReadAsFarAsItGoes() async throws {
        let samples = try Data(contentsOf: item.url).dropFirst(44)
        let result = try await transcribe(WaveFile.header(byteCount: 0xFFFF_FFD0) + samples)
        #expect(result.code == 0)
        #expect(result.output == item.written + "\n")
    }

    @Test(arguments: [0, 1])
    func hardlyAnySamplesHaveNoWords(count: Int) async throws {
        let result = try await transcribe(WaveFile.data([Float](repeating: 0.5, count: count)), ["-f", "json"])
        #expect(result.code == 0)
        let duration = count == 0 ? "0.0" : "0.0000625"
        #expect(result.output == #"{"duration":\#(duration),"text":"","words":[]}"# + "\n")
    }

    @Test func eightChannelsAt192KilohertzAreMixedAndResampled() async throws {
        // Each sample twelve times in each of eight channels.
        let samples = try Recordings.samples(item).flatMap { [Float](repeating: $0, count: 96) }
        let result = try await transcribe(WaveFile.data(samples, sampleRate: 192_000, channels: 8))
        #expect(result.code == 0)
        #expect(result.output == item.written + "\n")
    }

    @Test(arguments: ["mp3", "m4a"])
    func aCompressedFileThatIsCutShortIsReadOrExplained(type: String) async throws {
        let item = try Recordings.named("03")
        let path = folder.path("whole.\(type)")
        try FFmpeg.run(["-i", item.url.path, path])
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try await Program().run(["transcribe", path]).output == item.written + "\n")
        let result = try await transcribe(whole.prefix(whole.count / 2))
        #expect(result.code == 0 || (result.code == 1 && result.errors.contains("Error: Decode error")))
        // An MP3 needs no index: its first half is heard.
        if type == "mp3" { #expect(item.written.hasPrefix(result.output.prefix(15))) }
    }

    @Test(arguments: [
        ("ulaw", "mulaw", 8_000), ("PCMU", "mulaw", 16_000), ("alaw", "alaw", 8_000), ("g722", "g722", 16_000),
    ])
    func aFileWithoutHeaderIsReadAsDeclared(codec: String, format: String, rate: Int) async throws {
        let path = folder.path("raw")
        try FFmpeg.run(["-i", item.url.path, "-ar", "\(rate)", "-f", format, path])
        let flags = try await Program().run(["transcribe", path, "--codec", codec, "--sample-rate", "\(rate)"])
        #expect(flags.output == item.written + "\n")
        var program = Program()
        program.environment["GIGASTT_CODEC"] = codec
        program.environment["GIGASTT_SAMPLE_RATE"] = "\(rate)"
        #expect(try await program.run(["transcribe", path]).output == flags.output)
    }

    @Test(arguments: [("opus", "8000", "codec"), ("ulaw", "99", "99Hz"), ("g722", "44100", "44100Hz")])
    func anEncodingThatDoesNotExistIsAnError(codec: String, rate: String, word: String) async throws {
        let result = try await transcribe(Data([0x7F]), ["--codec", codec, "--sample-rate", rate])
        #expect(result.code == 1)
        #expect(result.errors.contains(word))
    }

    @Test func standardInputIsRead() async throws {
        let data = try Data(contentsOf: item.url)
        let result = try await Program().run(["transcribe", "-"], input: data)
        #expect(result.output == item.written + "\n")
        let broken = try await Program().run(["transcribe", "-"], input: data.prefix(32_000 * 3))
        #expect(broken.code == 0)
        #expect(item.written.hasPrefix(broken.output.prefix(15)))
        let empty = try await Program().run(["transcribe", "-"])
        #expect(empty.code == 1 && empty.errors.contains("Empty audio payload"))
    }

    @Test func anIndexAtTheEndOfStandardInputIsRead() async throws {
        let path = folder.path("phone.m4a")
        try FFmpeg.run(["-i", item.url.path, path])
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        for name in ["-", "/dev/stdin"] {
            let result = try await Program().run(["transcribe", name], input: data)
            #expect(result.code == 0 && result.output == item.written + "\n", "\(result.errors)")
        }
    }

    @Test func aNamedPipeIsRead() async throws {
        let path = folder.path("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        let data = try Data(contentsOf: item.url)
        async let result = Program().run(["transcribe", path])
        // Opening for writing waits for the reader, so it has a thread of its own.
        DispatchQueue.global().async {
            guard let pipe = FileHandle(forWritingAtPath: path) else { return }
            try? pipe.write(contentsOf: data)
            try? pipe.close()
        }
        #expect(try await result.output == item.written + "\n")
    }

    @Test func theRussianTrackIsReadUnlessAnotherIsAskedFor() async throws {
        let path = folder.path("film.mkv")
        let other = try Recordings.named("06")
        try FFmpeg.run([
            "-i", other.url.path, "-i", item.url.path, "-map", "0", "-map", "1", "-c:a", "flac",
            "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=rus", path,
        ])
        let russian = try await Program().run(["transcribe", path])
        #expect(russian.output == item.written + "\n")
        #expect(russian.errors.contains("Track 2 (rus, flac) is read; others: 1 (eng, flac)."))
        let alone = try await Program().run(["transcribe", other.url.path])
        #expect(try await Program().run(["transcribe", path, "--track", "1"]).output == alone.output)
        let missing = try await Program().run(["transcribe", path, "--track", "3"])
        #expect(missing.code == 1 && missing.errors.contains("2 audio tracks, not 3"))
        #expect(try await Program().run(["transcribe", path, "--track", "0"]).code == 2)
    }

    @Test func invertedChannelsAreHeardWithAWarning() async throws {
        let samples = try Recordings.samples(item)
        let path = try folder.write(WaveFile.data(samples.flatMap { [$0, -$0] }, channels: 2), as: "inverted.wav")
        let result = try await Program().run(["transcribe", path])
        #expect(result.code == 0 && result.output == item.written + "\n")
        #expect(result.errors.contains("Warning: The channels cancel each other"))
    }

    @Test func wordsAfterAGapOfHoursKeepTheirTime() async throws {
        let (twice, path) = (folder.path("twice.mkv"), folder.path("gap.mkv"))
        // Three hours pass between the two sentences by their time stamps alone.
        try FFmpeg.run([
            "-i", item.url.path, "-i", item.url.path, "-filter_complex", "[0:a][1:a]concat=n=2:v=0:a=1[a]", "-map",
            "[a]",
            "-c:a", "flac", twice,
        ])
        try FFmpeg.run([
            "-i", twice, "-c", "copy", "-bsf:a", "setts=ts=TS+gte(TS*TB\\,\(duration))*10800/TB", path,
        ])
        let result = try await Program().run(["transcribe", path, "-f", "srt"])
        #expect(result.output.contains("03:00:0") && result.code == 0, "\(result.output)")
    }

    private var duration: Double { (try? Double(Recordings.samples(item).count) / 16_000) ?? 0 }
}
