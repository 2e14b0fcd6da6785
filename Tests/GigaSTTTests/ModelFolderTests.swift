import Foundation
import GigaSTT
import TestSupport
import Testing

/// A folder that is not a model: what is wrong with it and what to do.
@Suite struct ModelFolderTests {
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: GigaSTTError.Code
        /// The file that the message names; `nil` when there is none to name.
        let file: String?
        let make: @Sendable () throws -> TemporaryFolder
    }

    @Test(arguments: damages)
    func theErrorNamesTheFileAndTheWayOut(damage: Damage) async throws {
        let folder = try damage.make()
        let error = try #require(
            await #expect(throws: GigaSTTError.self) { try await Recognizer(ModelFolder(at: folder.url)) })
        #expect(error.code == damage.code)
        if let file = damage.file { #expect(error.message.contains(file)) }
        #expect(error.message.contains("gigastt download"))
        // Anybody may see these.
        for text in [error.message, error.description] {
            #expect(!text.contains(folder.url.path) && !text.contains(folder.url.lastPathComponent))
            #expect(!text.contains("/"))
        }
    }

    @Test func aFolderThatIsNotThereIsAMissingModel() async throws {
        let folder = ModelFolder(at: try TemporaryFolder().url.appendingPathComponent("nowhere"))
        #expect(!folder.containsModel)
        let error = await #expect(throws: GigaSTTError.self) { try await Recognizer(folder) }
        #expect(error?.code == .modelMissing)
        #expect(error?.debugDescription.contains("nowhere") == true)
    }

    @Test func theHeadThatIsAskedForIsNamedWhenItIsMissing() async throws {
        let error = await #expect(throws: GigaSTTError.self) {
            try await Recognizer(ModelFolder(at: ModelFolder.demo.url, head: .e2eCTC))
        }
        #expect(error?.code == .modelMissing)
        #expect(error?.message.contains("e2e_ctc") == true)
    }

    /// Missing, empty, zeros, and another model: none keeps speech from being recognised.
    @Test(arguments: [GigaSTTError.Code.modelMissing, .modelDamaged, .modelUnsupported])
    func aVoiceActivityModelThatCannotBeUsedIsNamed(code: GigaSTTError.Code) async throws {
        let folder = try TemporaryFolder()
        let foreign = ModelFolder.demo.url.appendingPathComponent(ModelFileName.joint)
        let contents: [Data] =
            switch code {
            case .modelMissing: []
            case .modelDamaged: [Data(), Data(count: 1_000), try Data(contentsOf: foreign).prefix(10_000)]
            default: [try Data(contentsOf: foreign)]
            }
        var configuration = RecognizerConfiguration()
        configuration.voiceActivityModel = folder.url.appendingPathComponent("silero_vad.onnx")
        for data in contents.map(Optional.some) + (contents.isEmpty ? [nil] : []) {
            if let data { try folder.write(data, as: "silero_vad.onnx") }
            let recognizer = try await Recognizer(.demo, configuration: configuration)
            let failure = try #require(recognizer.voiceActivityFailure)
            #expect(failure.code == code && !recognizer.capabilities.voiceActivityModel)
            #expect(failure.message.contains("silero_vad.onnx") && failure.message.contains("gigastt download --vad"))
            #expect(!failure.message.contains("/"))
            let item = try Recordings.named("08")
            #expect(try await recognizer.transcribe(item.url).text == item.written)
        }
    }

    @Test(arguments: [
        ([ModelFileName.quantizedEncoder], true),
        ([ModelFileName.floatEncoder], false),
        ([ModelFileName.floatEncoder, ModelFileName.quantizedEncoder], true),
    ])
    func anEncoderOfIntegersGoesBeforeOneOfFloats(encoders: [String], isQuantized: Bool) async throws {
        let folder = try TemporaryFolder(
            model: encoders + [ModelFileName.prediction, ModelFileName.joint, ModelFileName.vocabulary])
        #expect(ModelFolder(at: folder.url).containsModel)
        let recognizer = try await Recognizer(ModelFolder(at: folder.url))
        #expect(recognizer.isQuantized == isQuantized)
        #expect(recognizer.head == .rnnt)
        let item = try Recordings.named("08")
        #expect(try await recognizer.transcribe(item.url).text == item.written)
    }

    private static let damages: [Damage] = [
        Damage(testDescription: "empty folder", code: .modelMissing, file: nil) { try TemporaryFolder() },
        Damage(testDescription: "encoder cut short", code: .modelDamaged, file: ModelFileName.quantizedEncoder) {
            let folder = try without(ModelFileName.quantizedEncoder)
            let encoder = ModelFolder.demo.url.appendingPathComponent(ModelFileName.quantizedEncoder)
            try folder.write(Data(contentsOf: encoder).prefix(1_000_000), as: ModelFileName.quantizedEncoder)
            return folder
        },
        Damage(testDescription: "empty encoder", code: .modelDamaged, file: ModelFileName.quantizedEncoder) {
            let folder = try without(ModelFileName.quantizedEncoder)
            try folder.write(Data(), as: ModelFileName.quantizedEncoder)
            return folder
        },
        Damage(testDescription: "text for an encoder", code: .modelDamaged, file: ModelFileName.quantizedEncoder) {
            let folder = try without(ModelFileName.quantizedEncoder)
            try folder.write(Data("<html>404</html>".utf8), as: ModelFileName.quantizedEncoder)
            return folder
        },
        Damage(testDescription: "no prediction network", code: .modelMissing, file: ModelFileName.prediction) {
            try without(ModelFileName.prediction)
        },
        Damage(testDescription: "no vocabulary", code: .modelMissing, file: ModelFileName.vocabulary) {
            try without(ModelFileName.vocabulary)
        },
        Damage(testDescription: "another graph for the joint", code: .modelUnsupported, file: ModelFileName.joint) {
            let folder = try without(ModelFileName.joint)
            try folder.link(ModelFileName.quantizedEncoder, as: ModelFileName.joint)
            return folder
        },
        Damage(testDescription: "another head's tokens", code: .modelDamaged, file: ModelFileName.vocabulary) {
            let folder = try without(ModelFileName.vocabulary)
            // As many as the head with punctuation has.
            let lines = (0..<1_024).map { "▁слог\($0) \($0)" } + ["<blk> 1024"]
            try folder.write(Data(lines.joined(separator: "\n").utf8), as: ModelFileName.vocabulary)
            return folder
        },
        Damage(testDescription: "a graph for the tokens", code: .modelDamaged, file: ModelFileName.vocabulary) {
            let folder = try without(ModelFileName.vocabulary)
            try folder.link(ModelFileName.joint, as: ModelFileName.vocabulary)
            return folder
        },
    ]

    private static func without(_ name: String) throws -> TemporaryFolder {
        try TemporaryFolder(model: ModelFileName.quantized.filter { $0 != name })
    }
}
