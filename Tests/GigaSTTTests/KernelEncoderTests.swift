import Foundation
import GigaSTT
import OnnxRuntime
import RandomModels
import TestSupport
import Testing

@testable import STTEncoderCache
@testable import STTRecognition

/// The encoder on kernels, of a small model with the structure of the real one and random weights.
@Suite struct KernelEncoderTests {
    private let folder: TemporaryFolder
    private let environment: OrtEnvironment
    private let prepared: PreparedEncoder
    private let source: URL
    private let weights: URL

    init() throws {
        folder = try TemporaryFolder(model: [ModelFileName.vocabulary])
        environment = try OrtEnvironment.shared()
        try RandomModel.write(to: folder.url)
        source = folder.url.appendingPathComponent(RandomModel.encoder)
        let cache = CacheFolder(folder.url.appendingPathComponent("cache"))
        #expect(try CacheBuilder(cache, in: environment, packsKernels: true).prepare(source) == .made)
        guard case .found(let found) = cache.find(source, for: RuntimeFingerprint(environment.library)) else {
            throw CocoaError(.fileNoSuchFile)
        }
        prepared = found
        weights = try #require(prepared.kernels)
    }

    private func loaded(
        _ kind: KernelEncoder.Kernels = .fastest, helperCount: Int = 0, of url: URL? = nil
    ) -> KernelEncoder? {
        KernelEncoder(contentsOf: url ?? weights, helperCount: helperCount, using: kind, in: environment)
    }

    private func values(_ encoder: any Encoder, _ window: FeatureWindow) throws -> [Float] {
        let frames = try encoder.encode(window, cancellation: RunCancellation(in: environment))
        #expect(frames.frameCount == (window.frameCount + 3) / 4)
        return try frames.frames.withElements(of: Float.self) { Array($0) }
    }

    /// Something like log-mel: moving peaks above a quiet ground.
    private static func window(_ frameCount: Int) -> FeatureWindow {
        FeatureWindow(
            values: (0..<frameCount * 64).map { index in
                let (time, band) = (Float(index / 64) / 100, Float(index % 64))
                return -9 + 5 * sin(0.3 * band + 7 * time) * sin(9 * time) + sin(12.9 * band + 78.2 * time)
            })
    }

    /// The kernels need instructions that this machine may lack; the reference runs anywhere.
    private static let kinds = KernelEncoder.Kernels.all

    @Test func weightsArePackedWhereThereAreKernels() throws {
        let runtime = RuntimeFingerprint(environment.library)
        #expect(runtime.runsKernels == (Self.kinds.count > 1), "\(runtime.processor)")
    }

    @Test(arguments: kinds) func everyKernelComputesWhatPlainCodeDoes(_ kind: KernelEncoder.Kernels) {
        for seed in 0..<100 { #expect(KernelEncoder.difference(kind, seed: UInt64(seed)) == nil, "seed \(seed)") }
    }

    @Test(arguments: kinds) func kernelsAreAsFaithfulAsTheGraph(_ kind: KernelEncoder.Kernels) throws {
        let encoder = try #require(loaded(kind))
        let floats = try OnnxEncoder(LoadedGraph(source, options: .init(), in: environment))
        let graph = try OnnxEncoder(LoadedGraph(prepared.graph, options: .init(), in: environment))
        for count in [1, 2, 3, 4, 5, 63, 64, 250, 401] {
            let window = Self.window(count)
            let expected = try values(floats, window)
            let cosines = try [values(encoder, window), values(graph, window)].map { Self.cosine(expected, $0) }
            #expect(cosines[0] > cosines[1] - 1e-3, "\(count) frames: \(cosines)")
            #expect(cosines[0] > 0.99, "\(count) frames: \(cosines)")
        }
    }

    private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        let product = zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        let norms = [a, b].map { $0.reduce(0) { $0 + Double($1) * Double($1) } }
        return a.count == b.count ? product / (norms[0] * norms[1]).squareRoot() : 0
    }

    @Test(arguments: kinds) func anyNumberOfThreadsGivesTheSameBits(_ kind: KernelEncoder.Kernels) throws {
        let one = try #require(loaded(kind))
        for helpers in [1, 3] {
            let several = try #require(loaded(kind, helperCount: helpers))
            for count in [1, 7, 63, 250, 400] {
                let window = Self.window(count)
                #expect(try values(one, window) == values(several, window), "\(count) frames, \(helpers) helpers")
            }
        }
    }

    @Test func concurrentRunsGiveTheSameBits() async throws {
        let encoder = try #require(loaded(.scalar, helperCount: 2))
        let environment = environment
        let windows = [30, 90, 120, 61].map(Self.window)
        let expected = try windows.map { try values(encoder, $0) }
        let threads = windows.map { window in
            Task {
                try await DedicatedThread.run { _ in
                    try (0..<5).map { _ in
                        try encoder.encode(window, cancellation: RunCancellation(in: environment)).frames
                            .withElements(of: Float.self) { Array($0) }
                    }
                }
            }
        }
        for (thread, expected) in zip(threads, expected) {
            for found in try await thread.value { #expect(found == expected) }
        }
    }

    @Test func aCancelledRunEnds() throws {
        let encoder = try #require(loaded(.scalar))
        let cancellation = try RunCancellation(in: environment)
        cancellation.cancel()
        let error = try #require(throws: OrtError.self) {
            try encoder.encode(Self.window(40), cancellation: cancellation)
        }
        #expect(error.code == .cancelled)
    }

    @Test func aWindowBeyondThePositionsIsRefused() throws {
        let encoder = try #require(loaded(.scalar))
        #expect(throws: OrtError.self) { try values(encoder, Self.window(4 * 200 + 1)) }
    }

    enum Damage: CaseIterable { case short, long, empty, otherForm, zeroWeights }

    @Test(arguments: Damage.allCases) func aDamagedFileIsNotUsed(_ damage: Damage) throws {
        var bytes = try Data(contentsOf: weights)
        switch damage {
        case .short: bytes.removeLast(64)
        case .long: bytes.append(Data(count: 64))
        case .empty: bytes = Data()
        case .otherForm: bytes[16] += 1
        // Whole, but it computes something else.
        case .zeroWeights: bytes.replaceSubrange((bytes.count / 2)..., with: Data(count: (bytes.count + 1) / 2))
        }
        let url = folder.url.appendingPathComponent("damaged")
        try bytes.write(to: url)
        #expect(loaded(.scalar) != nil)
        #expect(loaded(.scalar, of: url) == nil)
    }

    /// Their speed was measured on x86 only.
    @Test func kernelsAreTheDefaultWhereTheyWereMeasured() {
        #if arch(x86_64)
            #expect(RecognizerConfiguration().usesKernels)
        #else
            #expect(!RecognizerConfiguration().usesKernels)
        #endif
    }

    @Test func aRecognizerUsesKernelsUnlessItMayNot() async throws {
        let samples = try Recordings.samples(Recordings.named("03"))
        var configuration = RecognizerConfiguration()
        configuration.cache = EncoderCache(at: folder.url.appendingPathComponent("cache"))
        configuration.usesKernels = true
        let model = ModelFolder(at: folder.url)
        let fast = try await Recognizer(model, configuration: configuration)
        #expect(fast.encoderSource == .prepared)
        #expect((fast.encoderKernels != nil) == (Self.kinds.count > 1))
        configuration.usesKernels = false
        let plain = try await Recognizer(model, configuration: configuration)
        #expect(plain.encoderSource == .prepared)
        #expect(plain.encoderKernels == nil)
        let texts = [
            try await fast.transcribe(samples: samples).text, try await fast.transcribe(samples: samples).text,
        ]
        #expect(texts[0] == texts[1])
    }
}
