import ArgumentParser
import Foundation
import GigaSTT
import STTValues

/// What `transcribe-batch` and `watch` have in common.
struct BatchOptions: ParsableArguments {
    @Argument(help: "Folder of the recordings; it is searched with all folders below it.")
    var inputDir: String

    @Argument(help: "Folder for the transcripts; it is made if it is not there.")
    var outputDir: String

    @Option(help: "Recordings in work at the same time, 1 to 1024.")
    var poolSize = 2

    @Option(name: .shortAndLong, help: "Formats, separated by commas. [env GIGASTT_FORMAT; default txt,json]")
    var format: String?

    @Option(help: "Folder to move a recording to when it was transcribed. [env GIGASTT_BATCH_MOVE_TO]")
    var moveTo: String?

    @Flag(help: "Delete a recording when it was transcribed. [env GIGASTT_BATCH_DELETE_SOURCE]")
    var deleteSource = false

    @OptionGroup(title: "Format") var layout: LayoutOptions
    @OptionGroup(title: "Format") var confidence: ConfidenceOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Text") var passes: TextPassOptions
    @OptionGroup(title: "Hotwords") var hotwords: HotwordOptions
    @OptionGroup(title: "Speakers") var speakers: SpeakerOptions
    @OptionGroup(title: "Speakers") var voices: VoiceOptions

    func validate() throws {
        if inputDir.isEmpty || outputDir.isEmpty { throw ValidationError("the name of a folder is empty") }
    }

    /// How many recordings are in work at the same time.
    func workLimit() -> Int { Setting.clamped(poolSize, to: 1...1_024, "pool-size") }

    /// The formats in the order given, each once. Throws `ExitFailure` for an unknown one.
    func formats() throws -> [TranscriptFormat] {
        let list = try Setting.value(format, variable: "GIGASTT_FORMAT", default: "txt,json", parse: { $0 })
        var formats: [TranscriptFormat] = []
        for name in list.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) where !name.isEmpty {
            let format = try FormatOptions.format(named: name)
            if !formats.contains(format) { formats.append(format) }
        }
        guard !formats.isEmpty else { throw ExitFailure(message: "at least one export format is required") }
        return formats
    }

    func folders() throws -> BatchFolders {
        let target = try Setting.optional(moveTo, variable: "GIGASTT_BATCH_MOVE_TO", parse: { $0 })
        let deletes = try Setting.flag(deleteSource, variable: "GIGASTT_BATCH_DELETE_SOURCE")
        if deletes, target != nil { throw ValidationError("--move-to and --delete-source exclude each other") }
        return try BatchFolders(
            input: RawPath(inputDir), output: RawPath(outputDir),
            disposal: target.map { .move(RawPath($0)) } ?? (deletes ? .delete : .keep))
    }

    func retries(_ flag: Int?, default fallback: Int) throws -> Int {
        let retries = try Setting.value(flag, variable: "GIGASTT_BATCH_RETRIES", default: fallback, parse: { Int($0) })
        guard (0...100).contains(retries) else { throw ValidationError("--retries must be 0 to 100") }
        return retries
    }

    /// The model, with that of punctuation.
    func loader(offline: Bool) async throws -> ModelLoader { try await model.loader(offline: offline, text: passes) }

    /// How recordings are recognised and written, without the model.
    func work(retries: Int) throws -> BatchWork {
        var options = try model.transcription()
        options.wordEnds = try layout.wordEnds()
        options.confidence = try confidence.scale()
        options.text = try passes.formatting()
        options.speakers = try speakers.separation()
        let hotwords = try hotwords.values()
        for warning in hotwords.warnings { Console.warn(warning) }
        return BatchWork(
            formats: try formats(), rendering: try layout.rendering(), options: options,
            hotwords: hotwords.hotwords, usesVAD: try model.usesVAD(), retries: retries, voices: try voices.known())
    }
}
