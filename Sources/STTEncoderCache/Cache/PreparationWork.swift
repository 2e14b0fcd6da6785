import Foundation
import ONNXFile
import OnnxRuntime

/// Makes the files of an entry: the fast graph, then its form with packed weights, then a comparison with the source.
struct PreparationWork {
    let source: URL
    /// Whether the source is the fast graph already.
    let isFast: Bool
    let environment: OrtEnvironment
    /// Whether weights are packed for kernels too.
    let packsKernels: Bool
    let isCancelled: () -> Bool
    let progress: (Double) -> Void

    private static let fastGraph = "fast.onnx"

    /// Returns how similar the results of the prepared encoder and its source are, 0…1.
    func run(in folder: URL) throws -> Double {
        let fast = isFast ? source : folder.appendingPathComponent(Self.fastGraph)
        if !isFast {
            try Quantizer(.fast).write(source, to: fast) { share in
                try check()
                progress(0.5 * share)
            }
        }
        try check()
        try pack(fast, into: folder)
        if packsKernels { try packKernels(fast, into: folder) }
        if !isFast { try FileManager.default.removeItem(at: fast) }
        try check()
        progress(0.7)
        // Of the prepared form itself: what was misunderstood or misplaced computes something else.
        let similarity = try Quantizer.check(
            folder.appendingPathComponent(EntryManifest.graph), isPacked: true, against: source, in: folder)
        try check()
        progress(0.9)
        return similarity
    }

    private func check() throws {
        if isCancelled() { throw CancellationError() }
    }

    /// A second form of the weights, for the kernels of `conformer.h`; none of an encoder whose sizes they do not take.
    private func packKernels(_ fast: URL, into folder: URL) throws {
        guard let packed = PackedEncoder(try ONNXModel(contentsOf: fast)) else { return }
        let sample = try EquivalenceCheck.sample(
            of: folder.appendingPathComponent(EntryManifest.graph), in: environment)
        try packed.write(to: folder.appendingPathComponent(EntryManifest.kernels), sample) { share in
            try check()
            progress(0.5 + 0.2 * share)
        }
    }

    /// The runtime writes the graph that it has optimised, and beside it the weights as its kernels want them.
    private func pack(_ fast: URL, into folder: URL) throws {
        var options = SessionOptions()
        options.optimizedModel = folder.appendingPathComponent(EntryManifest.graph).path
        options.settings = [
            "session.optimized_model_external_initializers_file_name": EntryManifest.weights,
            // Smaller ones stay in the graph.
            "session.optimized_model_external_initializers_min_size_in_bytes": "1024",
            "session.save_external_prepacked_constant_initializers": "1",
        ]
        do {
            _ = try OrtSession(.file(fast.path), options: options, in: environment)
        } catch {
            throw EncoderCacheError(
                .notMade,
                "ONNX Runtime could not prepare the encoder. Check the free space of the cache folder. The model is "
                    + "used as it is.",
                detail: error.detail)
        }
    }
}
