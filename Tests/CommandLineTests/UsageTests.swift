import Foundation
import TestSupport
import Testing

/// What is wrong with a command line is told before any work is done.
@Suite struct UsageTests {
    @Test(arguments: [
        [], ["nonsense"], ["transcribe"], ["transcribe", "a", "b"], ["transcribe", "a", "--nonsense"],
        ["transcribe", ""], ["transcribe", "a", "-o", ""], ["transcribe", "a", "--log-level", "loud"],
        ["transcribe", "a", "--max-words-per-line", "x"], ["transcribe", "a", "--vad-threshold", "nan"],
        ["transcribe", "a", "--model-variant", "whisper"], ["transcribe", "a", "--codec", "ulaw"],
        ["transcribe", "a", "--sample-rate", "fast"], ["transcribe", "a", "--built-in-model", "--model-dir", "b"],
        ["transcribe", "a", "--mirror", "ftp://b"], ["transcribe", "a", "--max-alternatives", "2"],
        ["transcribe", "a", "-f", "json", "--max-alternatives", "11"],
    ])
    func usageErrorsEndWithTwo(arguments: [String]) async throws {
        let result = try await Program().run(arguments)
        #expect(result.code == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: ") && result.errors.contains("--help"))
    }

    @Test(arguments: [
        "GIGASTT_MAX_CHARS_PER_LINE", "GIGASTT_MAX_WORDS_PER_LINE", "GIGASTT_WORD_TIMESTAMPS", "GIGASTT_SAMPLE_RATE",
        "GIGASTT_ENCODER_INTRA_THREADS", "GIGASTT_ENCODER_BATCH", "GIGASTT_VAD", "GIGASTT_VAD_THRESHOLD",
        "GIGASTT_VAD_MIN_SILENCE_MS",
        "GIGASTT_MODEL_VARIANT", "GIGASTT_BUILT_IN_MODEL", "GIGASTT_THREADS", "GIGASTT_TIMING",
    ])
    func aVariableThatCannotBeReadIsAUsageError(variable: String) async throws {
        var program = Program()
        program.environment[variable] = "wrong"
        let result = try await program.run(["transcribe", try Recordings.named("08").url.path])
        #expect(result.code == 2)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("wrong"))
    }

    /// Found while the command line is read, and found by the command.
    @Test(arguments: [
        (["watch", "in"], "gigastt watch"), (["watch", "in", "out", "--retries", "101"], "gigastt watch"),
        (["transcribe", "/dev/null", "--model-variant", "whisper"], "gigastt transcribe"),
        (["speakers", "add", "name", "/dev/null", "--name-similarity", "x"], "gigastt speakers add"),
    ])
    func theUsageNamesTheWholeCommand(arguments: [String], command: String) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(at: folder.file("in"), withIntermediateDirectories: true)
        let result = try await Program().run(
            arguments.map { ["in", "out"].contains($0) ? folder.path($0) : $0 })
        #expect(result.code == 2)
        #expect(result.errors.contains("Usage: \(command) ") && result.errors.contains("See '\(command) --help'"))
    }

    /// A pipe without a reader.
    @Test func aReaderThatIsGoneDoesNotKillADownload() async throws {
        let folder = try TemporaryFolder()
        let result = try await Program().shell(
            """
            mkfifo "$1" && exec 3<>"$1" 4>"$1" 3<&-
            "$0" download --offline --progress json --model-dir "$2" >&4
            """, [folder.path("pipe"), folder.path("models")])
        #expect(result.code == 1 && result.errors.contains("refusing to download"), "\(result.code) \(result.errors)")
    }

    @Test(arguments: [["--version"], ["-V"], ["transcribe", "--version"]])
    func theVersionGoesToStandardOutput(arguments: [String]) async throws {
        let result = try await Program().run(arguments)
        #expect(result.code == 0)
        #expect(result.output == "gigastt 3.0.0\n")
        #expect(result.errors.isEmpty)
    }

    @Test(arguments: [["--help"], ["-h"], ["help"], ["transcribe", "--help"]])
    func helpGoesToStandardOutput(arguments: [String]) async throws {
        let result = try await Program().run(arguments)
        #expect(result.code == 0)
        #expect(result.output.contains("USAGE: gigastt"))
        #expect(result.errors.isEmpty)
    }

    /// The model folder does not exist, so no work can have been begun.
    @Test(arguments: ["docx", " srt", "txt,json"])
    func anUnknownFormatIsNamedBeforeAnyWork(format: String) async throws {
        let result = try await Program().run(["transcribe", "/nowhere.wav", "-f", format, "--model-dir", "/nowhere"])
        #expect(result.code == 1)
        #expect(result.errors.hasPrefix("Error: invalid input: unsupported export format: \(format)"))
        #expect(!result.errors.contains("Model:"))
    }

    @Test(arguments: [
        ["--log-level", "error", "transcribe"], ["transcribe", "--log-level", "error"],
        ["--log-level", "info", "transcribe", "--log-level", "off"],
    ])
    func theLogLevelIsTakenBeforeAndAfterTheCommand(arguments: [String]) async throws {
        let item = try Recordings.named("08")
        let result = try await Program().run(arguments + [item.url.path])
        #expect(result.output == item.written + "\n")
        #expect(result.errors.isEmpty)
    }
}
