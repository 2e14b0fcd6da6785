import Foundation
import STTRecognition
import TestSupport
import Testing

@testable import GigaSTT

/// Which file of the encoder a provider runs, and how many windows at once.
@Suite struct EncoderChoiceTests {
    struct Choice: Sendable {
        let provider: RecognizerConfiguration.Provider
        var limit: Int?
        /// Endings of the encoders for batches that there are.
        var batches: [String] = ["_batch", "_batch_fp16"]
        /// That of the encoder that is loaded; `nil` when none fits.
        let encoder: String?
        var windows = 1
    }

    /// Halves are for CUDA, and go first there; the processor has no arithmetic for them.
    @Test(arguments: [
        Choice(provider: .cuda, encoder: "_batch_fp16", windows: 16),
        Choice(provider: .cuda, batches: ["_batch_fp16"], encoder: "_batch_fp16", windows: 16),
        Choice(provider: .cuda, batches: ["_batch"], encoder: "_batch", windows: 16),
        Choice(provider: .cuda, batches: [], encoder: ""), Choice(provider: .cuda, limit: 1, encoder: ""),
        Choice(provider: .cuda, limit: 4, batches: [], encoder: nil),
        Choice(provider: .coreML, encoder: ""), Choice(provider: .coreML, limit: 4, encoder: "_batch", windows: 4),
        Choice(provider: .cpu, encoder: "_int8"), Choice(provider: .cpu, limit: 4, encoder: "_batch", windows: 4),
        Choice(provider: .cpu, limit: 4, batches: ["_batch_fp16"], encoder: nil),
    ])
    func theEncoderIsThatOfTheProvider(choice: Choice) throws {
        let folder = try TemporaryFolder()
        let graphs = ["_encoder", "_encoder_int8", "_decoder", "_joint"] + choice.batches.map { "_encoder" + $0 }
        let names = graphs.map { "v3_rnnt" + $0 + ".onnx" } + ["v3_vocab.txt"]
        for name in names { try Data().write(to: folder.file(name)) }
        var configuration = RecognizerConfiguration()
        configuration.provider = choice.provider
        configuration.encoderBatchLimit = choice.limit
        let model = ModelFolder(at: folder.url)
        guard let encoder = choice.encoder else {
            let error = try #require(throws: GigaSTTError.self) { try configuration.files(in: model) }
            #expect(error.code == .modelMissing)
            return
        }
        let (files, count) = try configuration.files(in: model)
        #expect(files.encoder.lastPathComponent == "v3_rnnt_encoder\(encoder).onnx")
        #expect(count == choice.windows)
    }

    /// The processor batches only when it is told to; a graphics processor when there is an encoder for it.
    @Test func theStandardLimitIsThatOfTheHardware() {
        var configuration = RecognizerConfiguration()
        #expect([false, true].map { configuration.batchLimit(hasEncoder: $0) } == [1, 1])
        configuration.provider = .cuda
        #expect([false, true].map { configuration.batchLimit(hasEncoder: $0) } == [1, 16])
        configuration.encoderBatchLimit = 4
        #expect([false, true].map { configuration.batchLimit(hasEncoder: $0) } == [4, 4])
    }
}
