import Foundation
import STTValues
import TestSupport
import Testing

@testable import STTRecognition

@Suite struct ModelManifestTests {
    private static let rnnt = """
        # A model of one's own.
        architecture = "rnnt"   # the head

        [files]
        encoder = "my encoder.onnx"
        encoder_int8="small.onnx"
        encoder_batch = "b.onnx"
        encoder_batch_fp16 = "h.onnx"
        decoder = "d.onnx"
        joint = " j.onnx "
        vocab = "v.txt"
        """

    @Test func aManifestNamesTheFiles() throws {
        let manifest = try ModelManifest(text: Self.rnnt)
        #expect(manifest.head == .rnnt)
        #expect(
            manifest.names
                == ModelNames(
                    encoder: "my encoder.onnx", quantizedEncoders: ["small.onnx"], batchEncoder: "b.onnx",
                    halfBatchEncoder: "h.onnx", prediction: "d.onnx", joint: "j.onnx", vocabulary: "v.txt"))
    }

    @Test func aManifestMayNameTheModel() throws {
        #expect(try ModelManifest(text: Self.rnnt).name == nil)
        #expect(try ModelManifest(text: "name = \"my-model_1.0\"\n" + Self.rnnt).name == "my-model_1.0")
        for name in ["", "a b", "модель", "a/b", String(repeating: "a", count: 65)] {
            let error = try #require(throws: GigaSTTError.self) {
                try ModelManifest(text: "name = \"\(name)\"\n" + Self.rnnt)
            }
            #expect(error.code == .modelDamaged && error.message.contains("`name`"))
        }
    }

    /// The name belongs to the head of the manifest, however the head was chosen.
    @Test func theIdentifierIsThatOfTheManifestElseOfTheHead() throws {
        let folder = try TemporaryFolder(ModelFilesTests.rnnt)
        #expect(try ModelFiles(in: folder.url).identifier == "gigaam-v3-rnnt")
        let files = "[files]\nencoder = \"own.onnx\"\nvocab = \"own.txt\"\n"
        try folder.write(Data("name = \"own\"\narchitecture = \"ctc\"\n\(files)".utf8), as: "manifest.toml")
        #expect(try ModelFiles(in: folder.url, head: .rnnt).identifier == "gigaam-v3-rnnt")
        #expect(try ModelFiles(in: Repository.builtInModel).identifier == "gigastt-demo")
        #expect(try ModelFiles(in: Repository.builtInModel, head: .rnnt).identifier == "gigastt-demo")
    }

    @Test(arguments: ["", "decoder = \"\"\njoint = \"\"\n"]) func aCTCHeadNeedsNoNetworks(lines: String) throws {
        let manifest = try ModelManifest(
            text: "architecture = \"ml_ctc\"\r\n[files]\r\nencoder = \"e.onnx\"\r\nvocab = \"v.txt\"\r\n" + lines)
        #expect(manifest.head == .multilingualCTC)
        #expect(manifest.names.prediction == nil && manifest.names.joint == nil)
        #expect(manifest.names.quantizedEncoders.isEmpty)
    }

    @Test(arguments: [
        ("[files]\nencoder = \"e\"", "architecture"), ("architecture = \"whisper\"", "architecture"),
        ("architecture = \"rnnt\"", "encoder"), ("architecture = \"rnnt\"\nencoder = \"e\"", "encoder"),
        ("architecture = \"rnnt\"\n[files]\nencoder = \"e\"\njoint = \"j\"\nvocab = \"v\"", "decoder"),
        ("architecture = \"rnnt\"\n[files]\nencoder = \"e\"\ndecoder = \"d\"\nvocab = \"v\"", "joint"),
        ("architecture = \"rnnt\"\n[files]\nencoder = \"e\"\ndecoder = \"d\"\njoint = \"j\"", "vocab"),
        ("architecture = \"rnnt\"\n[files]\nencoder = \"../x.onnx\"", "basename"),
        ("architecture = \"rnnt\"\n[files]\nencoder = \"/x.onnx\"", "basename"),
        ("architecture = \"ctc\"\n[files]\nencoder = \"e\"\nvocab = \"..\"", "basename"),
        ("architecture = \"ctc\"\n[files]\nencoder = \"e\"\nvocab = \"v\"\ndecoder = \"d\"", "CTC"),
        ("architecture: rnnt", "line"), ("architecture = rnnt", "line"), ("{}", "line"), ("", "architecture"),
    ])
    func aManifestThatMakesNoSenseSaysWhy(text: String, reason: String) throws {
        let error = try #require(throws: GigaSTTError.self) { try ModelManifest(text: text) }
        #expect(error.code == .modelDamaged)
        #expect(error.message.hasPrefix("manifest.toml "))
        #expect(error.message.contains(reason))
    }

    /// Spellings of the TOML specification, 1.0.
    @Test(arguments: [
        "architecture = 'rnnt'\n[files]\nencoder = 'e'\ndecoder = 'd'\njoint = 'j'\nvocab = 'v'",
        "schema_version = 1\nsize = 1_000.5e-3\nmade = 2026-10-09 07:32:00Z\nis = true\nx = -inf\n"
            + "languages = [\n  \"ru\", # one\n  ['en', {a = 1}],\n]\narchitecture = \"rnnt\"\n"
            + "[ files ]\nencoder = \"e\"\ndecoder = \"d\"\njoint = \"j\"\nvocab = \"v\"\nsizes = [1, 2]\n"
            + "[files.more]\nencoder = \"no\"\n[[files2]]\nencoder = 1\n[[files2]]\nencoder = 2",
        "architecture=\"rnnt\"\nfiles.encoder=\"e\"\nfiles . \"decoder\" = \"d\"\n'files'.joint = 'j'\nfiles.vocab = \"v\"",
        "architecture = \"rnnt\"\nfiles = { encoder = \"e\", decoder = 'd', joint = \"j\", vocab = \"v\" } # inline",
        "\u{FEFF}architecture = \"\"\"\nrnnt\"\"\"\r\n[files]\r\nencoder = '''e'''\r\ndecoder = \"\\u0064\"\r\n"
            + "joint = \"\"\"\\\n  j\"\"\"\nvocab = 'v'",
    ])
    func everySpellingOfTOMLIsRead(text: String) throws {
        let manifest = try ModelManifest(text: text)
        #expect(manifest.head == .rnnt)
        #expect(
            manifest.names
                == ModelNames(encoder: "e", quantizedEncoders: [], prediction: "d", joint: "j", vocabulary: "v"))
    }

    @Test(arguments: [
        ("architecture = 1", "as text"), ("architecture = \"rnnt\"\narchitecture = \"ctc\"", "line 2"),
        ("a = \"\n\"", "line 1"), ("a = '", "line 1"), ("a = \"\\q\"", "line 1"), ("a = [1", "line 1"),
        ("[a", "line 1"),
        ("a = 1 b = 2", "line 1"), ("\n\na = \"\\uD800\"", "line 3"), ("a = {b = 1", "line 1"), ("a.= 1", "line 1"),
        ("a = " + String(repeating: "[", count: 100_000), "line 1"), ("a = \"\\u00", "line 1"),
        ("architecture = \"ctc\"\n[files]\nencoder = \"e\"\nvocab = [\"v\"]", "`files.vocab` as text"),
    ])
    func whatIsNoTOMLIsNamedByItsLine(text: String, reason: String) throws {
        let error = try #require(throws: GigaSTTError.self) { try ModelManifest(text: text) }
        #expect(error.code == .modelDamaged && error.message.contains(reason), "\(error.message)")
    }

    @Test func withoutTheFileThereIsNoManifest() throws {
        #expect(try ModelManifest(in: TemporaryFolder().url) == nil)
    }

    @Test func theManifestGoesBeforeWhatTheFolderHolds() throws {
        let folder = try TemporaryFolder(ModelFilesTests.rnnt + ["own.onnx", "own.txt"])
        try folder.write(
            Data("architecture = \"e2e_ctc\"\n[files]\nencoder = \"own.onnx\"\nvocab = \"own.txt\"".utf8),
            as: "manifest.toml")
        let files = try ModelFiles(in: folder.url)
        #expect(files.head == .e2eCTC)
        #expect(files.encoder.lastPathComponent == "own.onnx")
        #expect(files.vocabulary.lastPathComponent == "own.txt")
        #expect(files.networks == nil)
        #expect(try ModelFiles(in: folder.url, head: .rnnt).head == .rnnt)
        #expect(try ModelFiles(in: folder.url, head: .e2eCTC).encoder.lastPathComponent == "own.onnx")
        // Another head than that of the manifest is not there.
        #expect(ModelFiles.completeness(of: folder.url, head: .e2eCTC) == .whole)
        #expect(ModelFiles.completeness(of: folder.url, head: .e2eRNNT) == .none)
    }

    @Test func theQuantizedEncoderOfAManifestIsTakenWhenItIsThere() throws {
        let folder = try TemporaryFolder(["my encoder.onnx", "d.onnx", "j.onnx", "v.txt"])
        try folder.write(Data(Self.rnnt.utf8), as: "manifest.toml")
        #expect(try !ModelFiles(in: folder.url).isQuantized)
        try folder.write(Data(), as: "small.onnx")
        let files = try ModelFiles(in: folder.url)
        #expect(files.isQuantized)
        #expect(files.encoder.lastPathComponent == "small.onnx")
    }

    @Test func aBrokenManifestIsAnErrorEvenBesideAWholeModel() throws {
        let folder = try TemporaryFolder(ModelFilesTests.rnnt)
        for content in [Data("nonsense".utf8), Data([0xFF, 0xFE, 0xFD])] {
            try folder.write(content, as: "manifest.toml")
            let error = try #require(throws: GigaSTTError.self) { try ModelFiles(in: folder.url) }
            #expect(error.code == .modelDamaged)
        }
    }

    @Test func aFileThatTheManifestNamesMustExist() throws {
        let folder = try TemporaryFolder(["my encoder.onnx", "d.onnx", "v.txt"])
        try folder.write(Data(Self.rnnt.utf8), as: "manifest.toml")
        let error = try #require(throws: GigaSTTError.self) { try ModelFiles(in: folder.url) }
        #expect(error.code == .modelMissing)
        #expect(error.message.hasPrefix("j.onnx is missing"))
    }
}
