package import Foundation
import OnnxRuntime
import STTText
package import STTValues

/// A token classifier of the RUPunct family: `input_ids`, `attention_mask` and `token_type_ids` [1, S] → `logits`
/// [1, S, labels].
package struct PunctuationModel: Sendable {
    /// The files of its folder: the graph, the tokenizer and the names of the labels.
    package static let fileNames = ["rupunct_small_int8.onnx", "tokenizer.json", "config.json"]

    private let environment: OrtEnvironment
    private let session: OrtSession
    private let punctuator: Punctuator
    private let labelCount: Int
    private let failure: FirstFailure

    /// Loads a model and runs it once. Blocks for some 100 ms. `onFailure` is called once, on any thread, if the model fails
    /// while it is used.
    ///
    /// Throws `GigaSTTError`: `modelMissing` without one of the files, `modelDamaged` and `modelUnsupported` for files of
    /// another kind, `runtimeMissing`.
    package init(in folder: URL, onFailure: (@Sendable (GigaSTTError) -> Void)? = nil) throws {
        failure = FirstFailure(
            "The punctuation model failed on a text, which stays without punctuation.", report: onFailure)
        func file(_ name: String) throws -> URL {
            let url = folder.appendingPathComponent(name)
            guard FileManager.default.isReadableFile(atPath: url.path) else {
                throw GigaSTTError(
                    .modelMissing,
                    "The punctuation model has no \(name). Put \(Self.fileNames.joined(separator: ", ")) into its folder.",
                    detail: url.path)
            }
            return url
        }
        let (graphFile, tokenizerFile, configFile) =
            (try file(Self.fileNames[0]), try file(Self.fileNames[1]), try file(Self.fileNames[2]))
        do {
            environment = try OrtEnvironment.shared()
        } catch {
            throw GigaSTTError(.runtimeMissing, error.message, detail: error.detail)
        }
        do {
            let labels = try PunctuationLabel.all(config: Data(contentsOf: configFile))
            labelCount = labels.count
            punctuator = Punctuator(
                tokenizer: try WordPieceTokenizer(json: Data(contentsOf: tokenizerFile)), labels: labels)
        } catch let error as TextModelError {
            throw GigaSTTError(
                .modelUnsupported, "The punctuation model cannot be used: \(error.message)", detail: error.detail ?? "")
        }
        var options = SessionOptions()
        options.settings["session.intra_op.allow_spinning"] = "0"
        let graph = try LoadedGraph(graphFile, options: options, in: environment)
        guard Set(graph.session.inputs.map(\.name)) == ["input_ids", "attention_mask", "token_type_ids"],
            graph.session.inputs.allSatisfy({ $0.elementType == .int64 }), !graph.session.outputs.isEmpty
        else {
            throw GigaSTTError(
                .modelUnsupported,
                "\(Self.fileNames[0]) is an ONNX model, but no token classifier for punctuation.",
                detail: "inputs \(graph.session.inputs), outputs \(graph.session.outputs)")
        }
        session = graph.session
        // A graph of another number of labels shows when it is run.
        _ = try punctuate(["да"]) { _ in }
    }

    /// The words with their marks and capitals, one for each of `words`. Blocks.
    ///
    /// Throws `inferenceFailed` when the model fails for all of them.
    package func punctuate(_ words: [String]) throws -> [String] { try punctuate(words, failure.note) }

    private func punctuate(_ words: [String], _ onFailure: (any Error) -> Void) throws -> [String] {
        do {
            return try punctuator.punctuate(words, onFailure: onFailure) { try scores($0) }
        } catch let error as OrtError {
            throw GigaSTTError(.inferenceFailed, "The punctuation model failed.", detail: error.detail)
        } catch let error as TextModelError {
            throw GigaSTTError(.modelUnsupported, error.message, detail: error.detail ?? "")
        }
    }

    private func scores(_ ids: [Int]) throws -> [[Float]] {
        func tensor(_ value: (Int) -> Int64) throws(OrtError) -> Tensor {
            try Tensor(shape: [1, ids.count], of: Int64.self, in: environment) { elements in
                for index in ids.indices { elements[index] = value(index) }
            }
        }
        let arguments = try session.inputs.map { port in
            switch port.name {
            case "input_ids": try tensor { Int64(ids[$0]) }
            case "attention_mask": try tensor { _ in 1 }
            default: try tensor { _ in 0 }
            }
        }
        let logits = try session.run(arguments)[0]
        guard logits.shape == [1, ids.count, labelCount] else {
            throw TextModelError(
                "The punctuation model has another number of labels than its config.json.", detail: "\(logits.shape)")
        }
        return try logits.withElements(of: Float.self) { values in
            ids.indices.map { Array(values[$0 * labelCount..<($0 + 1) * labelCount]) }
        }
    }
}
