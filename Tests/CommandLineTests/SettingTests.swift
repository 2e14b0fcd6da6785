import Foundation
import TestSupport
import Testing

/// Values by rank: flag, environment variable, default; and the model by the same.
@Suite struct SettingTests {
    private let item: Recordings.Item

    init() throws { item = try Recordings.named("08") }

    @Test func variablesStandForFlags() async throws {
        let folder = try TemporaryFolder()
        var program = Program()
        program.environment["GIGASTT_FORMAT"] = "srt"
        program.environment["GIGASTT_OUTPUT"] = folder.path("out.srt")
        program.environment["GIGASTT_MAX_WORDS_PER_LINE"] = "1"
        program.environment["GIGASTT_ITN"] = "off"
        let result = try await program.run(["transcribe", item.url.path])
        #expect(result.code == 0 && result.output.isEmpty)
        let text = try String(contentsOfFile: folder.path("out.srt"), encoding: .utf8)
        #expect(text.split(separator: "\n").count { $0.contains(" --> ") } == item.text.split(separator: " ").count)
    }

    @Test func aFlagGoesBeforeItsVariableAndAnEmptyVariableIsNone() async throws {
        var program = Program()
        program.environment["GIGASTT_FORMAT"] = "srt"
        program.environment["GIGASTT_OUTPUT"] = ""
        let result = try await program.run(["transcribe", item.url.path, "-f", "txt"])
        #expect(result.output == item.written + "\n")
    }

    @Test(arguments: [("true", true), ("1", true), ("false", false), ("0", false)])
    func booleanVariablesAreRead(value: String, isOn: Bool) async throws {
        var program = Program()
        program.environment["GIGASTT_WORD_TIMESTAMPS"] = value
        let result = try await program.run(["transcribe", item.url.path, "-f", "md"])
        #expect(result.output.contains("# Word timings") == isOn)
    }

    @Test(arguments: [
        ("info", true), ("gigastt=debug", true), ("warn", false), ("error,gigastt=info", true),
        ("gigastt=error,info", false), ("debug,gigastt=off", false), ("hyper=off", true), ("nonsense", true),
        ("", true),
        ("gigastt=off,gigastt=trace", true), (" ERROR ", false),
    ])
    func levelOfGigasttTwosContainersIsUnderstood(value: String, isTold: Bool) async throws {
        var program = Program()
        program.environment["RUST_LOG"] = value
        let result = try await program.run(["transcribe", item.url.path])
        #expect(result.errors.contains("Model: ") == isTold)
    }

    @Test func flagGoesBeforeTheLevelOfTheVariable() async throws {
        var program = Program()
        program.environment["RUST_LOG"] = "gigastt=trace"
        let result = try await program.run(["--log-level", "error", "transcribe", item.url.path])
        #expect(result.code == 0 && result.errors.isEmpty)
    }

    @Test func theModelIsThatOfTheFlagElseOfTheVariableElseOfTheHomeFolder() async throws {
        let flag = try TemporaryFolder(model: ModelFileName.quantized)
        let variable = try TemporaryFolder(model: ModelFileName.quantized)
        let home = try TemporaryFolder()
        let standard = home.url.appendingPathComponent(".gigastt/models")
        try FileManager.default.createDirectory(at: standard, withIntermediateDirectories: true)
        for name in ModelFileName.quantized {
            try FileManager.default.createSymbolicLink(
                at: standard.appendingPathComponent(name), withDestinationURL: flag.url.appendingPathComponent(name))
        }
        var program = Program()
        program.environment["HOME"] = home.url.path
        let fourth = try await program.run(["transcribe", item.url.path])
        #expect(fourth.errors.hasPrefix("Model: gigastt-demo (rnnt, int8)"))
        program.environment["GIGASTT_BUILT_IN_MODEL"] = "0"
        let third = try await program.run(["transcribe", item.url.path])
        #expect(third.errors.contains("Model: \(standard.path) (rnnt, int8)"))
        #expect(!third.errors.contains("gigastt download"))
        program.environment["GIGASTT_BUILT_IN_MODEL"] = "1"
        program.environment["GIGASTT_MODEL_DIR"] = variable.url.path
        let second = try await program.run(["transcribe", item.url.path])
        #expect(second.errors.contains("Model: \(variable.url.path) (rnnt, int8)"))
        let builtIn = try await program.run(["transcribe", item.url.path, "--built-in-model"])
        #expect(builtIn.errors.hasPrefix("Model: gigastt-demo (rnnt, int8)"))
        let first = try await program.run(["transcribe", item.url.path, "--model-dir", flag.url.path])
        #expect(first.errors.contains("Model: \(flag.url.path) (rnnt, int8)"))
        for result in [first, second, third, fourth, builtIn] { #expect(result.output == item.written + "\n") }
    }

    /// ONNX Runtime keeps an identifier of the machine and events there, unless its telemetry is switched off.
    @Test func aRecognitionLeavesNothingInTheHomeFolder() async throws {
        let home = try TemporaryFolder()
        var program = Program()
        program.environment["HOME"] = home.url.path
        let result = try await program.run(["transcribe", item.url.path])
        #expect(result.code == 0 && result.output == item.written + "\n")
        #expect(try home.names().isEmpty)
    }

    /// The built-in model is never a fallback.
    @Test(arguments: [["transcribe", "-"], ["listen"], ["serve", "--port", "0"], ["bench"]])
    func withoutAModelAndTheNetworkTheErrorNamesEveryWayOut(command: [String]) async throws {
        let home = try TemporaryFolder()
        var program = Program()
        program.environment["HOME"] = home.url.path
        program.environment["GIGASTT_BUILT_IN_MODEL"] = "0"
        let result = try await program.run(command)
        #expect(result.code == 1 && result.output.isEmpty)
        let folder = home.path(".gigastt/models")
        for part in [folder, "offline mode", "--mirror", "GIGASTT_MODEL_MIRROR", "--model-dir", "--built-in-model"] {
            #expect(result.errors.contains(part), "\(part) in \(result.errors)")
        }
        #expect(try home.names().isEmpty)
    }

    @Test func aFolderThatIsAskedForAndHoldsNoModelIsAnError() async throws {
        let folder = try TemporaryFolder()
        let result = try await Program().run(["transcribe", item.url.path, "--model-dir", folder.url.path])
        #expect(result.code == 1 && result.output.isEmpty)
        #expect(result.errors.contains("--mirror") && result.errors.contains(folder.url.path))
    }

    @Test func theVocabularyOfAnotherHeadIsNamed() async throws {
        let folder = try TemporaryFolder(model: ModelFileName.quantized.filter { $0 != ModelFileName.vocabulary })
        let lines = (0..<1_024).map { "▁слог\($0) \($0)" } + ["<blk> 1024"]
        try folder.write(Data(lines.joined(separator: "\n").utf8), as: ModelFileName.vocabulary)
        let result = try await Program().run(["transcribe", item.url.path, "--model-dir", folder.url.path])
        #expect(result.code == 1)
        #expect(result.errors.contains("v3_vocab.txt") && result.errors.contains("another head"))
    }

    @Test func threadsBeyondReasonAreNotStarted() async throws {
        let result = try await Program().run(["transcribe", item.url.path, "--encoder-intra-threads", "100000"])
        #expect(result.output == item.written + "\n")
    }

    @Test(arguments: [(-1, 1), (0, 1)]) func aBatchOutOfRangeIsMovedWithAWarning(count: Int, used: Int) async throws {
        let result = try await Program().run(["transcribe", item.url.path, "--encoder-batch=\(count)"])
        #expect(result.output == item.written + "\n")
        #expect(result.errors.contains("encoder-batch must be 1 to 64; using \(used)"))
    }

    /// Every command does without it, as the server does.
    @Test(arguments: [["--vad"], ["--vad", "--vad-model-dir", "/nowhere"], []])
    func aVoiceModelThatIsNotThereIsNamed(arguments: [String]) async throws {
        var program = Program()
        if arguments.isEmpty { program.environment["GIGASTT_VAD"] = "true" }
        let result = try await program.run(["transcribe", item.url.path] + arguments)
        #expect(result.code == 0 && result.output == item.written + "\n")
        #expect(result.errors.contains("Warning: there is no VAD model at"))
        #expect(result.errors.contains("silero_vad.onnx"))
    }

    @Test func aDamagedVoiceModelIsNamedAndDoneWithout() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Data(count: 1_000), as: "silero_vad.onnx")
        let arguments = ["--vad", "--vad-model-dir", folder.url.path]
        let result = try await Program().run(["transcribe", item.url.path] + arguments)
        #expect(result.code == 0 && result.output == item.written + "\n")
        #expect(result.errors.contains("Warning: the VAD model is not used; speech is found by its energy."))
        #expect(result.errors.contains("gigastt download --vad"))
        let report = try await Program().run(["doctor"] + arguments)
        #expect(report.code == 0 && report.output.contains("Remark: Speech is found by its energy."))
    }

    @Test(arguments: ["OFF", " Error", "off"])
    func logLevelsAreReadInAnyCase(level: String) async throws {
        let result = try await Program().run(["transcribe", item.url.path, "--log-level", level])
        #expect(result.code == 0 && !result.errors.contains("Model:"))
    }
}
