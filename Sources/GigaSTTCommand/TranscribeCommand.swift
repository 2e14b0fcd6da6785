import ArgumentParser
import Foundation
import GigaSTT

/// `gigastt transcribe FILE`: one recording to text.
struct TranscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcribe", abstract: "Transcribe one audio or video file.")

    @Argument(help: "The file; - reads standard input.")
    var file: String

    @Option(name: .shortAndLong, help: "Where to write the transcript. [env GIGASTT_OUTPUT; default standard output]")
    var output: String?

    @Option(
        help: """
            Threads that run the model: with --encoder-intra-threads M, N ÷ M windows are decoded at the same time. \
            Reading the recording goes on beside them. [env GIGASTT_THREADS; default one per core]
            """)
    var threads: Int?

    @Flag(help: "Say where the time went: one JSON line on standard error. [env GIGASTT_TIMING]")
    var timing = false

    @OptionGroup(title: "Format") var format: FormatOptions
    @OptionGroup(title: "Headerless audio") var audio: AudioOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func validate() throws {
        if file.isEmpty { throw ValidationError("the name of the file is empty") }
        if output?.isEmpty == true { throw ValidationError("--output needs the name of a file") }
    }

    func run() async throws {
        general.apply(program.general)
        let format = try format.transcriptFormat()
        let rendering = try self.format.rendering()
        let output = try Setting.optional(output, variable: "GIGASTT_OUTPUT", parse: { $0 })
        let source = AudioInput(path: file, headerless: try audio.headerless())
        let options = try model.transcription()
        let configuration = try model.configuration(
            threads: Setting.optional(threads, variable: "GIGASTT_THREADS", parse: { Int($0) }))
        let isTimed = try Setting.isOn(timing, variable: "GIGASTT_TIMING")
        try await Interruption.cancelling { [model] in
            let start = ContinuousClock.now
            let recognizer = try await model.recognizer(configuration)
            let loaded = ContinuousClock.now
            let transcript = try await Self.transcribe(source, with: recognizer, options: options)
            let text = transcript.rendered(as: format, options: rendering)
            let end = ContinuousClock.now
            try OutputFile.write(text, as: format.fileExtension, to: output)
            if isTimed {
                let line = TimingLine(
                    transcribe: end - loaded, load: loaded - start, parts: recognizer.time, audio: transcript.duration,
                    threadCount: configuration.workerCount * configuration.threadsPerWorker)
                Console.result(line.text)
            }
        }
    }

    private static func transcribe(
        _ input: AudioInput, with recognizer: Recognizer, options: TranscriptionOptions
    ) async throws -> Transcript {
        var progress = ProgressBar()
        defer { progress.clear() }
        let duration = input.duration
        var segments: [Segment] = []
        for try await segment in recognizer.segments(of: input.source, options: options) {
            segments.append(segment)
            progress.update(seconds: segment.end, of: duration)
        }
        return Transcript(segments: segments, duration: segments.last?.end ?? 0)
    }
}
