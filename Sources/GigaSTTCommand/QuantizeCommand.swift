import ArgumentParser
import Foundation
import GigaSTT
import STTEncoderCache

/// `gigastt quantize`: rebuilds the encoder smaller and faster.
struct QuantizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Rebuild the encoder with 8-bit weights, laid out for speed.",
        discussion: """
            Reads the float encoder of the model folder, else the int8 one, and writes v3_rnnt_encoder_int8.onnx beside it. \
            The result is compared with its source before it replaces that file. An unknown encoder is not changed. A \
            downloaded int8 encoder is replaced with --force only; `gigastt verify` then reports the form fast as not pinned, and another \
            one as BAD, since it cannot be told from a damaged download.

            With --speakers it reads the speaker model instead and writes \(SpeakerQuantizer.fileName), which is used in its \
            place until it is removed.
            """)

    @Option(help: "Folder of the model. [env GIGASTT_MODEL_DIR; default ~/.gigastt/models]")
    var modelDir: String?

    @Option(help: "Head: rnnt or e2e_rnnt; default: detected. [env GIGASTT_MODEL_VARIANT]")
    var modelVariant: String?

    @Option(
        help: """
            fast, the default; or, from floats only, a form of gigastt that other engines load too: reference (up to 2.22), or matmul \
            (convolutions in floats); or batch: floats, several windows at once, for --encoder-batch, written to \
            v3_rnnt_encoder_batch.onnx; or batch-fp16: the same in halves, for --provider cuda, written to \
            v3_rnnt_encoder_batch_fp16.onnx.
            """)
    var form: Quantizer.Form?

    @Flag(help: "The name that gigastt has for --form matmul.")
    var skipConv = false

    @Flag(help: "The name that gigastt has for --form reference.")
    var quantizeConv = false

    @Flag(help: "Make the speaker model faster instead of the encoder; voices must be enrolled again.")
    var speakers = false

    @Option(help: "Write the new model to this file instead.")
    var output: String?

    @Flag(help: "Replace an existing file.")
    var force = false

    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func validate() throws {
        if [form != nil, skipConv, quantizeConv].count(where: \.self) > 1 {
            throw ValidationError("--form, --skip-conv and --quantize-conv exclude each other")
        }
        if speakers, chosenForm != nil || modelVariant != nil {
            throw ValidationError("--speakers excludes the form of the encoder and --model-variant")
        }
    }

    private var chosenForm: Quantizer.Form? { form ?? (skipConv ? .matmul : quantizeConv ? .reference : nil) }

    func run() async throws {
        general.apply(program.general)
        let folder = try Setting.url(modelDir, variable: "GIGASTT_MODEL_DIR") ?? ModelFolder.standard.url
        let head = try speakers ? nil : head()
        let (form, force, output, speakers) = (chosenForm ?? .fast, force, output.map { RawPath($0) }, speakers)
        try await Interruption.cancelling {
            do {
                if speakers { return try await Self.quantizeSpeakers(in: folder, to: output, force: force) }
                let encoder = try EncoderFolder(folder, head: head)
                let target = output ?? RawPath(encoder.target(of: form).path)
                // An int8 encoder is replaced in its place, with --force; the floats would be lost for good.
                try Self.check(output, isNot: encoder.source)
                let kind = [.batch, .batchHalf].contains(form) ? "Batch" : "INT8"
                try await Self.write(encoder.source, to: target, kind, force: force) { url, progress in
                    try Quantizer(form).quantize(encoder.source, to: url, replacing: force, progress: progress)
                }
            } catch let error as QuantizeError {
                throw ExitFailure(
                    message: error.detail.isEmpty ? error.message : "\(error.message)\n  (\(error.detail))")
            }
        }
    }

    /// The head whose encoder is read, by its name in the wire formats; `nil`: the one that is there. A variable that names a
    /// head without such an encoder says what is loaded, not what is to be quantised.
    private func head() throws -> String? {
        guard let name = try Setting.optional(modelVariant, variable: "GIGASTT_MODEL_VARIANT", parse: { $0 }) else {
            return nil
        }
        let head = RecognitionHead(name: name)
        if let head, EncoderFolder.stems[head.rawValue] != nil { return head.rawValue }
        if head != nil, modelVariant == nil { return nil }
        throw ValidationError("unknown model variant '\(name)' (expected 'rnnt' or 'e2e_rnnt')")
    }

    private static func check(_ output: RawPath?, isNot source: URL) throws {
        guard let output, let status = try? FileStatus(of: output),
            status.identity == (try? FileStatus(of: RawPath(source.path)))?.identity
        else { return }
        throw ExitFailure(message: "--output is the model that is read: \(output.printable). Choose another file.")
    }

    private static func quantizeSpeakers(in folder: URL, to output: RawPath?, force: Bool) async throws {
        let source = ModelFolder(at: folder).speakerModel
        guard FileManager.default.fileExists(atPath: source.path) else {
            throw ExitFailure(
                message: "There is no \(source.lastPathComponent) in the model folder; `gigastt download` fetches it.")
        }
        try check(output, isNot: source)
        let target = output ?? RawPath(folder.appendingPathComponent(SpeakerQuantizer.fileName).path)
        try await write(source, to: target, "INT8", force: force) { url, progress in
            try SpeakerQuantizer(source).quantize(to: url, replacing: force, progress: progress)
        }
    }

    /// Makes a model of `source` in a file; says the share that is done.
    private static func write(
        _ source: URL, to target: RawPath, _ kind: String, force: Bool,
        _ make: @escaping @Sendable (URL, (Double) throws -> Void) throws -> Double
    ) async throws {
        if !force && (try? FileStatus(of: target)) != nil {
            Console.note("\(kind) model already exists: \(target.printable)")
            Console.note("Use --force to re-quantize.")
            return
        }
        try await DedicatedThread.run { isCancelled in
            let line = ProgressLineOnTerminal("Quantising \(source.lastPathComponent)")
            defer { line.end() }
            do {
                // The quantiser takes a URL, and a name that is not UTF-8 has none: it is given at the end.
                let hasURL = String(validating: target.bytes, as: UTF8.self) != nil
                let made = hasURL ? target : target.sibling(".gigastt-\(UUID().uuidString.prefix(8)).partial")
                _ = try make(made.url()) { share in
                    if isCancelled() { throw CancellationError() }
                    line.show(share)
                }
                if !hasURL { try move(made, to: target, replacing: force) }
            } catch let error as SystemFailure {
                throw ExitFailure(message: "\(target.printable) cannot be written: \(error.reason).")
            }
        }
        Console.note("Wrote \(target.printable)")
    }

    private static func move(_ made: RawPath, to target: RawPath, replacing: Bool) throws(SystemFailure) {
        do {
            if replacing { return try made.rename(to: target) }
            try made.link(to: target)
        } catch {
            try? made.unlink()
            throw error
        }
        try made.unlink()
    }
}

extension Quantizer.Form: ExpressibleByArgument {}
