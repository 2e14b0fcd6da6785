import CKernels
import Foundation
import OnnxRuntime

/// The encoder on kernels for one instruction set: the weights of a prepared encoder, mapped, and integer products with
/// everything after them in the same pass. Results have the same bits for any number of threads.
final class KernelEncoder: Encoder {
    private let encoder: OpaquePointer
    private let kernels: UnsafePointer<conformer_kernels>
    private let team: OpaquePointer?
    private let environment: OrtEnvironment
    private let weights: MappedFile
    private let longestWindow: Int
    let channelCount: Int?

    /// Least similarity with what ONNX Runtime encodes the sample to: as much as is asked of a quantised form.
    private static let leastSimilarity = 0.8

    /// The table of kernels to use: one of those for this processor, the fastest first, or plain code.
    enum Kernels: Hashable {
        case table(Int), scalar

        static let fastest = table(0)

        /// Plain code, and every table for this processor.
        static var all: [Kernels] { [.scalar] + (0...).lazy.map { .table($0) }.prefix { $0.table != nil } }

        fileprivate var table: UnsafePointer<conformer_kernels>? {
            switch self {
            case .table(let place): conformer_table(place)
            case .scalar: conformer_scalar()
            }
        }
    }

    /// Maps the weights and tests the kernels: each against plain code, and all against what ONNX Runtime made of known
    /// features. `nil` when the processor lacks the instructions, the file is none, or a test fails.
    ///
    /// - Parameter helperCount: threads that help with a window while no other is encoded.
    init?(contentsOf url: URL, helperCount: Int, using kind: Kernels = .fastest, in environment: OrtEnvironment) {
        guard let kernels = kind.table, conformer_difference(kernels, 1) == nil,
            let weights = MappedFile(url),
            let encoder = conformer_open(weights.start, weights.count)
        else { return nil }
        let helpers = UInt32(clamping: helperCount)
        (self.encoder, self.kernels, self.weights, self.environment) = (encoder, kernels, weights, environment)
        team = helpers > 0 ? conformer_team_make(helpers) : nil
        channelCount = conformer_channels(encoder)
        longestWindow = conformer_longest(encoder)
        guard passesSample else { return nil }
    }

    deinit {
        conformer_team_free(team)
        conformer_close(encoder)
    }

    /// The instruction set.
    var instructions: String { String(cString: kernels.pointee.name) }

    /// The first kernel that computes something else than plain code does on random shapes and values.
    static func difference(_ kind: Kernels, seed: UInt64) -> String? {
        kind.table.flatMap { conformer_difference($0, seed) }.map { String(cString: $0) }
    }

    func encode(_ windows: [FeatureWindow], cancellation: RunCancellation) throws(OrtError) -> [EncodedFrames] {
        var encoded: [EncodedFrames] = []
        for window in windows { encoded.append(try frames(of: window, cancellation)) }
        return encoded
    }

    private func frames(of window: FeatureWindow, _ cancellation: RunCancellation) throws(OrtError) -> EncodedFrames {
        guard window.bandCount == 64, window.frameCount <= longestWindow, let channelCount else {
            throw OrtError(
                .wrongType, "The window is longer than the encoder takes.", detail: "\(window.frameCount) frames")
        }
        let count = conformer_frames(window.frameCount)
        var status: Int32 = 2
        let frames = try Tensor(shape: [count, channelCount], of: Float.self, in: environment, isZeroed: false) {
            target in
            status = encode(window.values, into: target.baseAddress, cancellation)
        }
        switch status {
        case 0: return EncodedFrames(frames: frames, frameCount: count, channelCount: channelCount)
        case 1: throw OrtError(.cancelled, "The run was cancelled.")
        default: throw OrtError(.runFailed, "There is too little memory to encode a window.")
        }
    }

    private func encode(
        _ features: [Float], into target: UnsafeMutablePointer<Float>?, _ cancellation: RunCancellation?
    ) -> Int32 {
        withExtendedLifetime(cancellation) {
            // Proof: the cancellation is held until the call, which alone uses the pointer, has returned.
            let context = cancellation.map { Unmanaged.passUnretained($0).toOpaque() }
            let isCancelled: @convention(c) (UnsafeMutableRawPointer?) -> Bool = { context in
                // Proof: as above; the pointer is that of the cancellation.
                context.map { Unmanaged<RunCancellation>.fromOpaque($0).takeUnretainedValue().isCancelled } ?? false
            }
            return conformer_encode(
                encoder, kernels, team, features, features.count / 64, target, isCancelled, context)
        }
    }

    private var passesSample: Bool {
        var (features, expected): (UnsafePointer<Float>?, UnsafePointer<Float>?)
        let count = conformer_sample(encoder, &features, &expected)
        let (frames, channels) = (conformer_frames(count), conformer_channels(encoder))
        guard count > 0, count <= longestWindow, let features, let expected else { return false }
        var found = [Float](repeating: 0, count: frames * channels)
        let window = Array(UnsafeBufferPointer(start: features, count: 64 * count))
        let status = found.withUnsafeMutableBufferPointer { encode(window, into: $0.baseAddress, nil) }
        let values = Array(UnsafeBufferPointer(start: expected, count: found.count))
        return status == 0 && Self.similarity(values, found, channels: channels) >= Self.leastSimilarity
    }

    /// Cosine of what changes over time, channel by channel: the rest is much the same for any input.
    ///
    /// - Parameters: values: `[frame, channel]`.
    static func similarity(_ first: [Float], _ second: [Float], channels: Int) -> Double {
        var (product, a, b) = (0.0, 0.0, 0.0)
        for channel in 0..<channels {
            let places = stride(from: channel, to: first.count, by: channels)
            let x = places.map { Double(first[$0]) }, y = places.map { Double(second[$0]) }
            let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
            for (x, y) in zip(x, y) {
                product += (x - meanX) * (y - meanY)
                a += (x - meanX) * (x - meanX)
                b += (y - meanY) * (y - meanY)
            }
        }
        return a > 0 && b > 0 ? product / (a * b).squareRoot() : (a == b ? 1 : 0)
    }
}

// A run has memory of its own.
// Proof: what the pointers lead to is written in `init` only, and the team is made for calls from any thread.
extension KernelEncoder: @unchecked Sendable {}
