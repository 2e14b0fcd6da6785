import Crypto
import Foundation
import GigaSTT
import STTEncoderCache
import STTValues

/// How the recordings of a batch are recognised and written.
struct BatchWork: Sendable {
    let formats: [TranscriptFormat]
    let rendering: RenderingOptions
    var options: TranscriptionOptions
    let hotwords: Hotwords
    let usesVAD: Bool
    /// Further attempts after a failure.
    let retries: Int
    /// By which speakers get names; `nil`: by none.
    var voices: NamedVoices?

    var extensions: [String] { formats.map(\.fileExtension) }

    /// Recognises a recording. `advance` is called with the seconds of audio that are done.
    func transcript(
        of url: URL, with recognizer: Recognizer, advance: (Double) -> Void
    ) async throws -> (transcript: Transcript, notes: [String]) {
        var segments = PackedSegments()
        var options = options
        if options.speakers != nil, let voices {
            options.knownVoices = try await DedicatedThread.run(isBackground: false) { _ in
                try voices.known(to: recognizer)
            }
        }
        var iterator = recognizer.segments(of: .file(url), options: options).makeAsyncIterator()
        while let segment = try await iterator.next() {
            segments.append(segment)
            advance(segment.end)
        }
        _ = try await iterator.label(&segments)
        return (iterator.transcript(segments), try await iterator.notes().map(\.message))
    }

    /// SHA-256 of everything but the content of a recording that decides its outputs: the formats and their options, how
    /// speech is cut, the voices that are known now, and the model, by the names, sizes and times of its files.
    ///
    /// Throws `ExitFailure` when the folder of voices cannot be read.
    func fingerprint(model folder: URL, _ recognizer: Recognizer) throws -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let kinds = [".onnx", ".txt", ".json"]
        let files = names.sorted().filter { name in kinds.contains { name.hasSuffix($0) } }.map { name -> JSONValue in
            let status = try? FileStatus(of: RawPath(folder.appendingPathComponent(name).path))
            return [.string(name), .integer(status?.size ?? 0), .integer(status?.modified ?? 0)]
        }
        // The order of a set differs from run to run.
        var text = options.text
        text.masks = []
        let masks = options.text.masks.map(\.rawValue).sorted()
        let object: JSONValue = [
            "formats": .array(extensions.map { .string($0) }), "layout": .string("\(rendering)"),
            "endpointing": .string("\(options.endpointing)"), "words": .string("\(options.wordEnds)"),
            "confidence": options.confidence == .raw ? nil : .string(options.confidence.rawValue),
            "fusion": recognizer.capabilities.fusion ? true : nil, "text": .string("\(text)"),
            "masks": masks.isEmpty ? nil : .array(masks.map { .string($0) }),
            "hotwords": .string("\(hotwords)"),
            "vad": .boolean(usesVAD),
            "speakers": options.speakers.map { .string("\($0)") },
            "voices": options.speakers == nil ? nil : try voices.map { .string(try $0.fingerprint()) },
            "model": .string(recognizer.modelIdentifier),
            "head": .string(recognizer.head.rawValue), "files": .array(files),
        ]
        return SHA256.hash(data: Data(object.description.utf8)).hexadecimal
    }
}
