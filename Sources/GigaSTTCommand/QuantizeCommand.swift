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
            downloaded int8 encoder is replaced with --force only; `gigastt verify` then reports that it differs.
            """)

    @Option(help: "Folder of the model. [env GIGASTT_MODEL_DIR; default ~/.gigastt/models]")
    var modelDir: String?

    @Option(help: "Head: rnnt or e2e_rnnt; default: detected. [env GIGASTT_MODEL_VARIANT]")
    var modelVariant: String?

    @Option(
        help: """
            fast; or, from floats only, a form of gigastt that other engines load too: reference (up to 2.22), or matmul \
            (convolutions in floats); or batch: floats, several windows at once, for --encoder-batch, written to \
            v3_rnnt_encoder_batch.onnx.
            """)
    var form: Quantizer.Form = .fast

    @Option(help: "Write the new encoder to this file instead.")
    var output: String?

    @Flag(help: "Replace an existing file.")
    var force = false

    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func run() async throws {
        general.apply(program.general)
        let folder = try Setting.url(modelDir, variable: "GIGASTT_MODEL_DIR") ?? ModelFolder.standard.url
        let head = try Setting.optional(modelVariant, variable: "GIGASTT_MODEL_VARIANT", parse: { $0 })
        guard head.map({ EncoderFolder.stems[$0] != nil }) ?? true else {
            throw ValidationError("unknown model variant '\(head ?? "")' (expected 'rnnt' or 'e2e_rnnt')")
        }
        let (form, force, output) = (form, force, output.map { RawPath($0) })
        try await Interruption.cancelling {
            do {
                let encoder = try EncoderFolder(folder, head: head)
                let standard = form == .batch ? encoder.batchTarget : encoder.target
                let target = output ?? RawPath(standard.path)
                // An int8 encoder is replaced in its place, with --force; the floats would be lost for good.
                if let output, let status = try? FileStatus(of: output),
                    status.identity == (try? FileStatus(of: RawPath(encoder.source.path)))?.identity
                {
                    throw ExitFailure(
                        message: "--output is the encoder that is read: \(output.printable). Choose another file.")
                }
                try await DedicatedThread.run { isCancelled in
                    try Self.quantize(encoder.source, to: target, form, force: force, isCancelled: isCancelled)
                }
            } catch let error as QuantizeError {
                throw ExitFailure(
                    message: error.detail.isEmpty ? error.message : "\(error.message)\n  (\(error.detail))")
            }
        }
    }

    private static func quantize(
        _ source: URL, to target: RawPath, _ form: Quantizer.Form, force: Bool, isCancelled: () -> Bool
    ) throws {
        if !force && (try? FileStatus(of: target)) != nil {
            let kind = form == .batch ? "Batch" : "INT8"
            Console.note("\(kind) model already exists: \(target.printable)")
            Console.note("Use --force to re-quantize.")
            return
        }
        let line = ProgressLineOnTerminal("Quantising \(source.lastPathComponent)")
        defer { line.end() }
        do {
            // The quantiser takes a URL, and a name that is not UTF-8 has none: it is given at the end.
            let hasURL = String(validating: target.bytes, as: UTF8.self) != nil
            let made = hasURL ? target : target.sibling(".gigastt-\(UUID().uuidString.prefix(8)).partial")
            try Quantizer(form).quantize(source, to: made.url(), replacing: force) { share in
                if isCancelled() { throw CancellationError() }
                line.show(share)
            }
            if !hasURL { try move(made, to: target, replacing: force) }
        } catch let error as SystemFailure {
            throw ExitFailure(message: "\(target.printable) cannot be written: \(error.reason).")
        }
        line.end()
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
