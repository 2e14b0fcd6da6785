import Foundation
import OnnxRuntime
import RandomModels
import TestSupport

@testable import STTEncoderCache

/// A folder with a small encoder, and a cache beside it.
struct CacheRig {
    let folder: TemporaryFolder
    let environment: OrtEnvironment
    let runtime: RuntimeFingerprint
    let encoder: URL
    let cache: CacheFolder

    init() throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        environment = try OrtEnvironment.shared()
        runtime = RuntimeFingerprint(environment.library)
        encoder = folder.url.appendingPathComponent("encoder.onnx")
        cache = CacheFolder(folder.url.appendingPathComponent("cache"))
        try RandomConformer.write(to: encoder)
    }

    /// Packs weights for kernels on every processor.
    var builder: CacheBuilder { CacheBuilder(cache, in: environment, packsKernels: true) }

    /// The folder of the only entry.
    var entry: URL? {
        names.first { $0.contains("-ort") }.map { cache.url.appendingPathComponent($0) }
    }

    /// What lies in the cache.
    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: cache.url.path)) ?? []).sorted()
    }

    var found: PreparedEncoder? {
        if case .found(let prepared) = cache.find(encoder, for: runtime) { prepared } else { nil }
    }

    var damage: EncoderCacheError? {
        if case .damaged(let error) = cache.find(encoder, for: runtime) { error } else { nil }
    }

    /// What an encoder makes of a second of made-up features.
    func output(of model: URL) throws -> [Float] {
        let session = try OrtSession(.file(model.path), in: environment)
        let features = try Tensor(shape: [1, 64, 100], of: Float.self, in: environment) { target in
            for index in target.indices {
                target[index] = 2 * sin(0.11 * Float(index / 100) + 0.07 * Float(index % 100))
            }
        }
        let length = try Tensor(shape: [1], of: Int64.self, in: environment) { $0[0] = 100 }
        return try session.run([features, length])[0].withElements { Array($0) }
    }
}
