import Foundation
import RandomModels
import TestSupport
import Testing

/// `gigastt quantize`: what it makes, what it refuses, and what it leaves behind.
@Suite struct QuantizeCommandTests {
    private static let (source, target) = (RandomModel.encoder, "v3_rnnt_encoder_int8.onnx")

    @Test func anEncoderOfAnotherStructureIsRefusedAndStaysAsItIs() async throws {
        let folder = try TemporaryFolder()
        var variation = RandomConformer.Variation()
        variation.normalizesScores = false
        try RandomConformer.write(variation, to: folder.url.appendingPathComponent(Self.source))
        let result = try await Program().run(["quantize", "--model-dir", folder.path("")])
        #expect(result.code == 1)
        #expect(result.errors.contains("Error: "))
        #expect(try folder.names() == [Self.source])
    }

    @Test func theSpeakerModelIsMadeFasterAndUsedInItsPlace() async throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("wespeaker_resnet34.onnx")
        let none = try await Program().run(["quantize", "--speakers", "--model-dir", folder.path("")])
        #expect(none.code == 1 && none.errors.contains("gigastt download"))
        try RandomSpeakerModel.write(to: url)
        let result = try await Program().run(["quantize", "--speakers", "--model-dir", folder.path("")])
        #expect(result.code == 0, "\(result.errors)")
        #expect(try folder.names() == ["wespeaker_resnet34.onnx", "wespeaker_resnet34_int8.onnx"])
        let again = try await Program().run(["quantize", "--speakers", "--model-dir", folder.path("")])
        #expect(again.code == 0 && again.errors.contains("--force"))
        let refused = try await Program().run(["quantize", "--speakers", "--form", "matmul"])
        #expect(refused.code == 2)
    }

    @Test func aModelThatIsQuantisedIsLeftAlone() async throws {
        let folder = try TemporaryFolder(model: [Self.source, Self.target])
        let result = try await Program().run(["quantize", "--model-dir", folder.path("")])
        #expect(result.code == 0)
        #expect(result.errors.contains("--force"))
        #expect(try folder.names().count == 2)
    }

    @Test func anEmptyFolderSaysWhatIsMissing() async throws {
        let folder = try TemporaryFolder()
        let result = try await Program().run(["quantize", "--model-dir", folder.path("")])
        #expect(result.code == 1)
        #expect(result.errors.contains("gigastt download"))
    }

    @Test(arguments: ["fast", "reference", "matmul"])
    func anEncoderOfFloatsBecomesOneOfIntegers(form: String) async throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.url.appendingPathComponent(Self.source))
        let result = try await Program().run(["quantize", "--form", form, "--model-dir", folder.path("")])
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("Wrote \(folder.path(Self.target))"))
        #expect(try folder.names() == [Self.source, Self.target])
        let sizes = try [Self.source, Self.target].map {
            try #require(try FileManager.default.attributesOfItem(atPath: folder.path($0))[.size] as? Int)
        }
        // Tables, norms and, of "matmul", convolutions stay floats, and these matrices are small.
        #expect(sizes[1] < sizes[0] * (form == "matmul" ? 7 : 6) / 10)
    }

    @Test(arguments: [("--skip-conv", "matmul"), ("--quantize-conv", "reference")])
    func formsHaveTheNamesOfGigastt(flag: String, form: String) async throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.url.appendingPathComponent(Self.source))
        let quantize = ["quantize", "--model-dir", folder.path("")]
        #expect(try await Program().run(quantize + [flag]).code == 0)
        #expect(try await Program().run(quantize + ["--form", form, "--output", folder.path("same.onnx")]).code == 0)
        #expect(try Data(contentsOf: folder.file(Self.target)) == Data(contentsOf: folder.file("same.onnx")))
        for other in [["--form", form], ["--skip-conv", "--quantize-conv"], ["--speakers"]] {
            #expect(try await Program().run(quantize + [flag] + other).code == 2)
        }
    }

    /// The variable says what is loaded; a flag says what is quantised.
    @Test(
        arguments: [
            (["--model-variant", "RNNT"], nil, 0), (["--model-variant", " rnnt "], nil, 0), ([], "rnnt", 0),
            ([], "ml-ctc", 0),
            (["--model-variant", "e2e-rnnt"], nil, 1), ([], " E2E-RNNT ", 1), (["--model-variant", "ml_ctc"], nil, 2),
            ([], "whisper", 2), (["--model-variant", "whisper"], nil, 2),
        ] as [([String], String?, Int32)])
    func headsAreNamedAsElsewhere(flags: [String], variable: String?, code: Int32) async throws {
        let folder = try TemporaryFolder(model: [Self.source, Self.target])
        var program = Program()
        program.environment["GIGASTT_MODEL_VARIANT"] = variable
        let result = try await program.run(["quantize", "--model-dir", folder.path("")] + flags)
        #expect(result.code == code, "\(result.errors)")
        #expect(code != 2 || result.errors.contains("unknown model variant"))
    }

    /// Nobody publishes the form `fast`; the others may be damaged downloads.
    @Test(arguments: [("fast", "not pinned"), ("matmul", "BAD       ")])
    func verifyKnowsWhatWasQuantisedHere(form: String, state: String) async throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.url.appendingPathComponent(Self.source))
        #expect(try await Program().run(["quantize", "--form", form, "--model-dir", folder.path("")]).code == 0)
        let result = try await Program().run(["verify", "--model-dir", folder.path("")])
        #expect(result.output.contains("\(state)  \(Self.target)"), "\(result.output)")
    }

    /// Beside the others, since it is used only where it is asked for.
    @Test func anEncoderForBatchesHasANameOfItsOwn() async throws {
        let model = try BuiltInCopy.floats()
        let recording = try Recordings.named("08").url.path
        let transcribe = ["transcribe", recording, "--model-dir", model.folder.path(""), "--no-cache"]
        let missing = try await Program().run(transcribe + ["--encoder-batch", "2"])
        #expect(missing.code == 1 && missing.errors.contains("gigastt quantize --form batch"))
        let before = try model.folder.names()
        let quantize = ["quantize", "--form", "batch", "--model-dir", model.folder.path("")]
        let made = try await Program().run(quantize)
        #expect(made.code == 0, "\(made.errors)")
        #expect(try model.folder.names() == (before + ["v3_rnnt_encoder_batch.onnx"]).sorted())
        let again = try await Program().run(quantize)
        #expect(again.code == 0 && again.errors.contains("--force"))
        let (alone, batch) = (
            try await Program().run(transcribe), try await Program().run(transcribe + ["--encoder-batch", "2"])
        )
        #expect(alone.code == 0 && !alone.output.isEmpty)
        #expect(batch.output == alone.output, "\(batch.errors)")
        #expect(batch.errors.contains("(rnnt, float)"))
    }

    /// They are for CUDA; under the name of the floats the processor runs them, too.
    @Test func halvesHaveANameOfTheirOwnAndTheTextsOfFloats() async throws {
        let model = try BuiltInCopy.floats()
        let recording = try Recordings.named("08").url.path
        let transcribe = ["transcribe", recording, "--model-dir", model.folder.path(""), "--no-cache"]
        let made = try await Program().run(["quantize", "--form", "batch-fp16", "--model-dir", model.folder.path("")])
        let halves = model.folder.file("v3_rnnt_encoder_batch_fp16.onnx")
        #expect(made.code == 0 && made.errors.contains("Wrote \(halves.path)"), "\(made.errors)")
        let missing = try await Program().run(transcribe + ["--encoder-batch", "2"])
        #expect(missing.code == 1 && missing.errors.contains("gigastt quantize --form batch"))
        try FileManager.default.moveItem(at: halves, to: model.folder.file("v3_rnnt_encoder_batch.onnx"))
        let alone = try await Program().run(transcribe)
        let found = try await Program().run(transcribe + ["--encoder-batch", "2"])
        #expect(alone.code == 0 && !alone.output.isEmpty)
        #expect(found.output == alone.output, "\(found.errors)")
    }

    @Test func theEncoderThatIsReadIsNotOverwritten() async throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.url.appendingPathComponent(Self.source))
        let floats = try Data(contentsOf: folder.file(Self.source))
        try FileManager.default.linkItem(at: folder.file(Self.source), to: folder.file("same.onnx"))
        for name in [Self.source, "same.onnx"] {
            let result = try await Program().run(
                ["quantize", "--model-dir", folder.path(""), "--output", folder.path(name), "--force"])
            #expect(result.code == 1)
            #expect(result.errors.contains("--output is the model that is read"))
        }
        #expect(try Data(contentsOf: folder.file(Self.source)) == floats)
    }

    @Test func theWholeModelRunsWithTheNewEncoder() async throws {
        let folder = try TemporaryFolder(model: [ModelFileName.vocabulary])
        try RandomModel.write(to: folder.url)
        let recording = try Recordings.named("08").url.path
        let before = try await Program().run(["transcribe", recording, "--model-dir", folder.path("")])
        #expect(before.code == 0 && before.errors.contains("(rnnt, float)"))
        #expect(try await Program().run(["quantize", "--model-dir", folder.path("")]).code == 0)
        let after = try await Program().run(["transcribe", recording, "--model-dir", folder.path("")])
        #expect(after.code == 0 && after.errors.contains("(rnnt, int8)"))
    }

    @Test func olderOperatorsAreRefusedPolitely() async throws {
        let folder = try TemporaryFolder()
        var variation = RandomConformer.Variation()
        variation.operatorSet = 15
        try RandomConformer.write(variation, to: folder.url.appendingPathComponent(Self.source))
        let result = try await Program().run(["quantize", "--model-dir", folder.path("")])
        #expect(result.code == 1)
        #expect(result.errors.contains("can be used as it is"))
        #expect(result.errors.contains("operator set 15"))
        #expect(try folder.names() == [Self.source])
    }

    /// On a busy machine the program may be done before the signal comes; half a file there is never.
    @Test func anInterruptedRunLeavesAllOrNothing() async throws {
        let folder = try TemporaryFolder()
        var variation = RandomConformer.Variation()
        (variation.layerCount, variation.expansion) = (6, 300)
        try RandomConformer.write(variation, to: folder.url.appendingPathComponent(Self.source))
        let program = try RunningProgram(Program(), ["quantize", "--model-dir", folder.path("")])
        await program.waitFor("Quantising")
        program.interrupt()
        let code = await program.end()
        #expect(code == 130 || code == 0)
        #expect(try folder.names() == (code == 130 ? [Self.source] : [Self.source, Self.target]))
    }

    /// A file may not grow beyond 8 KB: writing fails as it does on a full disk.
    @Test func aFullDiskIsSaidAndLeavesNothing() async throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.url.appendingPathComponent(Self.source))
        let result = try await Program().shell(
            "trap '' XFSZ; ulimit -f 8; exec \"$0\" quantize --model-dir \"$1\"", [folder.path("")])
        #expect(result.code == 1)
        #expect(result.errors.contains("free space"))
        #expect(try folder.names() == [Self.source])
    }

    @Test func twoAtOnceMakeOneWholeEncoder() async throws {
        let folder = try TemporaryFolder()
        try RandomConformer.write(to: folder.url.appendingPathComponent(Self.source))
        let arguments = ["quantize", "--force", "--model-dir", folder.path("")]
        async let first = Program().run(arguments)
        async let second = Program().run(arguments)
        let results = try await [first, second]
        #expect(results.map(\.code) == [0, 0])
        #expect(try folder.names() == [Self.source, Self.target])
        // What is there is refused only if it is a whole encoder of the new form.
        let again = try await Program().run(
            ["quantize", "--model-dir", folder.path(""), "--output", folder.path("again.onnx")])
        #expect(again.code == 0)
        #expect(
            try Data(contentsOf: folder.url.appendingPathComponent(Self.target))
                == Data(contentsOf: folder.url.appendingPathComponent("again.onnx")))
    }
}
