import Foundation
import GigaSTT
import RandomModels
import STTEncoderCache
import TestSupport
import Testing

/// Recognizers with prepared encoders, of a small model with the structure of the real one and random weights.
@Suite struct PreparationTests {
    private let folder: TemporaryFolder
    private let model: ModelFolder
    private let cache: EncoderCache
    private let samples: [Float]

    init() throws {
        folder = try TemporaryFolder(model: [ModelFileName.vocabulary])
        try RandomModel.write(to: folder.url)
        model = ModelFolder(at: folder.url)
        cache = EncoderCache(at: folder.url.appendingPathComponent("cache"))
        samples = try Recordings.samples(Recordings.named("03"))
    }

    private func recognizer(_ cache: EncoderCache?, usesKernels: Bool = true) async throws -> Recognizer {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        configuration.cache = cache
        configuration.usesKernels = usesKernels
        return try await Recognizer(model, configuration: configuration)
    }

    @Test func aRecognizerUsesWhatIsPreparedAndNeverMakesIt() async throws {
        #expect(try await recognizer(cache).encoderSource == .original)
        #expect(!FileManager.default.fileExists(atPath: cache.url.path))
        let byteCount = try #require(try cache.preparationSize(for: model))
        #expect(byteCount > 50_000)
        #expect(try await cache.prepare(model) == .made)
        #expect(try cache.preparationSize(for: model) == nil)
        let prepared = try await recognizer(cache)
        #expect(prepared.encoderSource == .prepared)
        #expect(prepared.isQuantized)
        let plain = try await recognizer(nil)
        #expect(plain.encoderSource == .original)
        #expect(!plain.isQuantized)
        // Twice the same, as whatever is computed is.
        let texts = try await [prepared.transcribe(samples: samples).text, prepared.transcribe(samples: samples).text]
        #expect(texts[0] == texts[1])
        #expect(try await cache.prepare(model) == .present)
    }

    /// Flipped after it was prepared, and then so that only the runtime can tell.
    @Test(arguments: [false, true]) func aDamagedEntryIsRemovedAndTheModelRuns(isVouchedFor: Bool) async throws {
        try await cache.prepare(model)
        let names = try FileManager.default.contentsOfDirectory(atPath: cache.url.path)
        let entry = cache.url.appendingPathComponent(try #require(names.first { $0.contains("-ort") }))
        try Data("no model".utf8).write(to: entry.appendingPathComponent("encoder.onnx"))
        if isVouchedFor { try Self.vouch(for: entry) }
        // Kernels do not read the graph.
        let recognizer = try await recognizer(cache, usesKernels: false)
        guard case .fellBack(let reason) = recognizer.encoderSource else {
            Issue.record("\(recognizer.encoderSource)")
            return
        }
        #expect(reason.contains("encoder.onnx"))
        #expect(!FileManager.default.fileExists(atPath: entry.path))
        _ = try await recognizer.transcribe(samples: samples)
        #expect(try await cache.prepare(model) == .made)
    }

    private static func vouch(for entry: URL) throws {
        let url = entry.appendingPathComponent("manifest.json")
        var manifest = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
        var files = try #require(manifest["files"] as? [[String: Any]])
        let index = try #require(files.firstIndex { $0["name"] as? String == "encoder.onnx" })
        files[index]["byteCount"] = 8
        files[index]["sha256"] = ContentDigest.of("no model")
        manifest["files"] = files
        try JSONSerialization.data(withJSONObject: manifest).write(to: url)
    }

    /// A fault of another file is not blamed on the cache.
    @Test func anEntryOutlivesAMissingVocabulary() async throws {
        try await cache.prepare(model)
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent(ModelFileName.vocabulary))
        try folder.write(Data("▁ 0\n<blk> 1\n".utf8), as: ModelFileName.vocabulary)
        let error = await #expect(throws: GigaSTTError.self) { try await recognizer(cache) }
        #expect(error?.code == .modelDamaged)
        #expect(try cache.preparationSize(for: model) == nil)
    }

    @Test func theBuiltInModelIsLeftAsItIs() async throws {
        #expect(try cache.preparationSize(for: .demo) == nil)
        #expect(try await cache.prepare(.demo) == .unsuitable)
        let recognizer = try await Recognizer(.demo, configuration: .init())
        #expect(recognizer.encoderSource == .original)
    }

    @Test func whatAModelLacksIsSaid() async throws {
        let empty = ModelFolder(at: try TemporaryFolder().url)
        let error = await #expect(throws: GigaSTTError.self) { try await cache.prepare(empty) }
        #expect(error?.code == .modelMissing)
        try Data().write(to: cache.url)
        let second = await #expect(throws: GigaSTTError.self) { try await cache.prepare(model) }
        #expect(second?.code == .cacheUnusable)
        #expect(second?.description.contains(cache.url.path) == false)
    }

    @Test func aCancelledTaskEndsThePreparation() async throws {
        let (model, cache) = (model, cache)
        await withTaskGroup(of: Bool.self) { group in
            group.cancelAll()
            group.addTask {
                do {
                    try await cache.prepare(model)
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            #expect(await group.next() == true)
        }
        #expect(try cache.preparationSize(for: model) != nil)
    }

    @Test func aSweepLeavesWhatTheNextStartUses() async throws {
        try await cache.prepare(model)
        let report = try cache.prune(olderThan: .zero, modelFolder: folder.url)
        #expect(report.keptCount == 1 && report.removed.isEmpty && report.partialFiles.isEmpty)
        #expect(try await recognizer(cache).encoderSource == .prepared)
    }

    #if os(Linux)
        @Test(arguments: [RecognizerConfiguration.Provider.cuda, .coreML])
        func hardwareThatTheLibraryIsNotBuiltForIsAnErrorWithAWayOut(
            provider: RecognizerConfiguration.Provider
        ) async throws {
            var configuration = RecognizerConfiguration()
            configuration.provider = provider
            let error = await #expect(throws: GigaSTTError.self) {
                try await Recognizer(.demo, configuration: configuration)
            }
            #expect(error?.code == .providerMissing)
            #expect(error?.message.contains("ONNXRUNTIME_LIB") == true)
        }
    #endif
}
