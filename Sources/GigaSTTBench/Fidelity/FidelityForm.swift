import Foundation
import ONNXFile
import OnnxRuntime
import STTEncoderCache
import STTRecognition

/// An encoder in one form, in a model folder of its own.
struct FidelityForm {
    let name: String
    let folder: URL
    /// `nil`: floats.
    let kind: Quantizer.Form?
    /// Prepared encoders of `folder`, where the kernels' weights are.
    var cache: URL?
    var byteCount = 0
    /// Samples of silence before each recording.
    var delay = 0

    /// Floats, the floats again on recordings that begin `1...delays` ms later, then every other form: files that the model
    /// folder holds as they are, and what it lacks made of the floats.
    ///
    /// Throws `GigaSTTError` when there is no model, `QuantizeError` when a form cannot be made of the floats.
    static func all(of model: URL, in work: URL, delays: Int, note: (String) -> Void) throws -> [FidelityForm] {
        let files = try ModelFiles(in: model)
        let names = ModelNames(files.head)
        let floats = model.appendingPathComponent(names.encoder)
        guard FileManager.default.fileExists(atPath: floats.path) else {
            throw Failure(description: "There is no encoder in floats. Run `gigastt download --fp32`.")
        }
        func place(_ name: String, _ kind: Quantizer.Form?, _ encoder: URL?, as file: String) throws -> FidelityForm {
            let folder = work.appendingPathComponent(name.replacing(" ", with: "-"))
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let companions = [files.networks?.prediction, files.networks?.joint, files.vocabulary].compactMap { $0 }
            for companion in companions {
                try link(companion, folder.appendingPathComponent(companion.lastPathComponent))
            }
            if let encoder { try link(encoder, folder.appendingPathComponent(file)) }
            return FidelityForm(name: name, folder: folder, kind: kind)
        }
        let quantized = names.quantizedEncoders[0]
        var forms = [try place("fp32", nil, floats, as: names.encoder)]
        for delay in 0..<delays {
            var form = try place("fp32, \(delay + 1) ms later", nil, floats, as: names.encoder)
            form.delay = 16 * (delay + 1)
            forms.append(form)
        }
        var present: Set<Quantizer.Form> = []
        for file in names.quantizedEncoders.map(model.appendingPathComponent)
        where FileManager.default.fileExists(atPath: file.path) {
            let form = try form(of: file)
            present.insert(form)
            forms.append(try place("\(form), \(file.lastPathComponent)", form, file, as: quantized))
        }
        for form in [Quantizer.Form.reference, .matmul, .fast] where !present.contains(form) {
            note("making \(form)")
            let made = try place("\(form)", form, nil, as: quantized)
            try Quantizer(form).quantize(floats, to: made.folder.appendingPathComponent(quantized))
            forms.append(made)
        }
        if let fast = forms.first(where: { $0.kind == .fast }) {
            note("packing for kernels")
            let cache = work.appendingPathComponent("cache")
            let builder = CacheBuilder(CacheFolder(cache), in: try .shared())
            _ = try builder.prepare(fast.folder.appendingPathComponent(quantized))
            forms.append(FidelityForm(name: "kernels", folder: fast.folder, kind: .fast, cache: cache))
        }
        return try forms.map { form in
            var form = form
            let file = form.folder.appendingPathComponent(form.kind == nil ? names.encoder : quantized)
            form.byteCount = try file.resolvingSymlinksInPath().resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            return form
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static func form(of encoder: URL) throws -> Quantizer.Form {
        if try Quantizer.form(of: encoder) == .fast { return .fast }
        let graph = try ONNXModel(contentsOf: encoder).graph
        return graph.nodes.contains { $0.type == "ConvInteger" } ? .reference : .matmul
    }

    private static func link(_ source: URL, _ target: URL) throws {
        try FileManager.default.createSymbolicLink(
            at: target, withDestinationURL: source.standardizedFileURL.resolvingSymlinksInPath())
    }
}
