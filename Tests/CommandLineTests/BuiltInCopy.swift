import Foundation
import GigaSTT
import OnnxRuntime
import STTRecognition
import TestSupport

/// A folder with the built-in model, in which its encoder may be quantised.
struct BuiltInCopy {
    /// The recordings of one utterance each.
    static func recordings() throws -> [Recordings.Item] { try Recordings.all().filter { $0.sentences.isEmpty } }

    let folder: TemporaryFolder

    /// A model folder with everything but an encoder.
    init() throws {
        folder = try TemporaryFolder(model: ModelFileName.quantized.filter { $0 != ModelFileName.quantizedEncoder })
    }

    /// A model folder with the encoder of floats.
    static func floats() throws -> BuiltInCopy {
        let model = try BuiltInCopy()
        try model.folder.link(ModelFileName.floatEncoder)
        return model
    }

    /// Where `gigastt quantize` puts its encoder, and where an int8 encoder is looked for.
    var quantizedEncoder: URL { folder.url.appendingPathComponent(ModelFileName.quantizedEncoder) }

    /// A model folder with the int8 encoder of this one, as a download has it.
    func withoutFloats() throws -> BuiltInCopy {
        let model = try BuiltInCopy()
        try FileManager.default.copyItem(at: quantizedEncoder, to: model.quantizedEncoder)
        return model
    }

    /// The text of every recording, by the encoder that is found here.
    func texts() async throws -> [String] {
        let recognizer = try await Recognizer(ModelFolder(at: folder.url))
        var texts: [String] = []
        for item in try Self.recordings() { texts.append(try await recognizer.transcribe(item.url).text) }
        await recognizer.shutDown()
        return texts
    }

    /// What the encoder that is found here makes of every recording: `[channel, frame]`.
    func encoded() throws -> [[Float]] {
        let environment = try OrtEnvironment.shared()
        let isQuantized = FileManager.default.fileExists(atPath: quantizedEncoder.path)
        let name = isQuantized ? ModelFileName.quantizedEncoder : ModelFileName.floatEncoder
        let session = try OrtSession(.file(folder.path(name)), in: environment)
        return try Self.recordings().map { item in
            var frontEnd = LogMel()
            let values = frontEnd.append(try Recordings.samples(item)).values
            let (bands, frames) = (ModelGeometry.gigaAM.bandCount, values.count / ModelGeometry.gigaAM.bandCount)
            let features = try Tensor(shape: [1, bands, frames], of: Float.self, in: environment) { target in
                for index in target.indices { target[index] = values[index % frames * bands + index / frames] }
            }
            let length = try Tensor(shape: [1], of: Int64.self, in: environment) { $0[0] = Int64(frames) }
            return try session.run([features, length])[0].withElements { Array($0) }
        }
    }
}
