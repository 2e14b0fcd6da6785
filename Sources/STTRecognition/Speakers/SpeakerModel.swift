package import Foundation
import OnnxRuntime
import STTValues

/// A speaker model of the WeSpeaker family: 80-band features [windows, frames, 80] → vectors [windows, dimension].
///
/// Any names of the tensors and any dimension are accepted; published models have `feats` → `embs` of 256 values.
package struct SpeakerModel: Sendable {
    /// Its name in the folder of the speech model (gigastt contract).
    package static let fileName = "wespeaker_resnet34.onnx"
    /// Windows of the same length that are read in one run.
    private static let batchLimit = 16
    private static let dimensions = 2...4_096

    private let environment: OrtEnvironment
    private let session: OrtSession
    private let isBatched: Bool
    /// Values of a vector.
    package let dimension: Int

    /// Loads a model and runs it once on a window of silence. Blocks for some 100 ms.
    ///
    /// Throws `GigaSTTError`: `modelDamaged`, `modelUnsupported` for a graph of another form, `runtimeMissing`.
    package init(contentsOf url: URL) throws {
        do {
            environment = try OrtEnvironment.shared()
        } catch {
            throw GigaSTTError(.runtimeMissing, error.message, detail: error.detail)
        }
        var options = SessionOptions()
        options.intraOpThreads = 1
        options.settings["session.intra_op.allow_spinning"] = "0"
        session = try LoadedGraph(url, options: options, in: environment).session
        let bands = ModelGeometry.weSpeaker.bandCount
        let shapes = (session.inputs + session.outputs.prefix(1)).map { "\($0)" }.joined(separator: " → ")
        func foreign(_ reason: String) -> GigaSTTError {
            GigaSTTError(
                .modelUnsupported,
                "\(url.lastPathComponent) is no speaker model of the WeSpeaker family: \(reason). "
                    + "Run `gigastt download` to get it again.",
                detail: shapes)
        }
        guard session.inputs.count == 1, let input = session.inputs.first, let output = session.outputs.first,
            input.elementType == .float32, output.elementType == .float32, input.shape.count == 3
        else { throw foreign("it must read one tensor [windows, frames, \(bands)] of floats") }
        guard [bands, -1].contains(input.shape[2]) else {
            throw foreign("it reads \(input.shape[2]) bands, not \(bands)")
        }
        isBatched = input.shape[0] < 0
        let silence = [Float](repeating: 0, count: ModelGeometry.weSpeaker.longestWindow * bands)
        do {
            let vectors = try Self.run(session, silence, count: 1, in: environment)
            dimension = vectors.first?.count ?? 0
        } catch {
            throw foreign("it does not run on windows of 1.5 s (\(error.message))")
        }
        guard Self.dimensions.contains(dimension) else { throw foreign("its vectors have \(dimension) values") }
    }

    /// The vector of each range of frames of `window`. Blocks; cost: one run for each 16 ranges of a length.
    ///
    /// Throws `inferenceFailed`.
    package func vectors(of ranges: [Range<Int>], in window: FeatureWindow) throws -> [[Float]] {
        var vectors = [[Float]](repeating: [], count: ranges.count)
        let lengths = Dictionary(grouping: ranges.indices) { ranges[$0].count }
        for (_, indices) in lengths.sorted(by: { $0.key < $1.key }) {
            let size = isBatched ? Self.batchLimit : 1
            for start in stride(from: 0, to: indices.count, by: size) {
                let batch = indices[start..<min(start + size, indices.count)]
                let values = batch.flatMap { Self.normalised(window, ranges[$0]) }
                let vectorsFound = try self.found(values, count: batch.count)
                for (index, vector) in zip(batch, vectorsFound) { vectors[index] = vector }
            }
        }
        return vectors
    }

    private func found(_ values: [Float], count: Int) throws(GigaSTTError) -> [[Float]] {
        let found: [[Float]]
        do {
            found = try Self.run(session, values, count: count, in: environment)
        } catch {
            throw GigaSTTError(.inferenceFailed, "The speaker model failed.", detail: error.detail)
        }
        guard found.count == count, found.allSatisfy({ $0.count == dimension }) else {
            throw GigaSTTError(.inferenceFailed, "The speaker model gave vectors of another size.")
        }
        return found
    }

    /// The frames without the mean of each band over them, as the model was trained.
    private static func normalised(_ window: FeatureWindow, _ range: Range<Int>) -> [Float] {
        let bands = window.bandCount
        var values = Array(window.values[range.lowerBound * bands..<range.upperBound * bands])
        for band in 0..<bands {
            var mean: Float = 0
            for index in stride(from: band, to: values.count, by: bands) { mean += values[index] }
            mean /= Float(range.count)
            for index in stride(from: band, to: values.count, by: bands) { values[index] -= mean }
        }
        return values
    }

    private static func run(
        _ session: OrtSession, _ values: [Float], count: Int, in environment: OrtEnvironment
    ) throws(OrtError) -> [[Float]] {
        let bands = ModelGeometry.weSpeaker.bandCount
        let input = try Tensor(
            shape: [count, values.count / count / bands, bands], of: Float.self, in: environment
        ) { _ = $0.update(fromContentsOf: values) }
        let output = try session.run([input])[0]
        guard output.shape.count == 2, output.shape[0] == count else { return [] }
        let dimension = output.shape[1]
        return try output.withElements(of: Float.self) { found in
            (0..<count).map { Array(found[$0 * dimension..<($0 + 1) * dimension]) }
        }
    }
}
