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

    @Flag(help: "Recognise the two channels separately, as speakers 0 and 1. [env GIGASTT_STEREO_SPEAKERS]")
    var stereoSpeakers = false

    @Option(
        help: """
            Threads that run the model: with --encoder-intra-threads M, N ÷ M windows are decoded at the same time. \
            Reading the recording goes on beside them. [env GIGASTT_THREADS; default one per core]
            """)
    var threads: Int?

    @Flag(help: "Print the time of each stage as one JSON line on standard error. [env GIGASTT_TIMING]")
    var timing = false

    @OptionGroup(title: "Format") var format: FormatOptions
    @OptionGroup(title: "Format") var alternatives: AlternativeOptions
    @OptionGroup(title: "Format") var confidence: ConfidenceOptions
    @OptionGroup(title: "Recording") var audio: AudioOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Text") var passes: TextPassOptions
    @OptionGroup(title: "Hotwords") var hotwords: HotwordOptions
    @OptionGroup(title: "Speakers") var speakers: SpeakerOptions
    @OptionGroup(title: "Speakers") var voices: VoiceOptions
    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func validate() throws {
        if file.isEmpty { throw ValidationError("the name of the file is empty") }
        if output?.isEmpty == true { throw ValidationError("--output needs the name of a file") }
    }

    func run() async throws {
        general.apply(program.general)
        let format = try format.transcriptFormat()
        let readingCount = try alternatives.count(showsJSON: format == .json)
        var rendering = try self.format.layout.rendering()
        if file != "-" { rendering.recordingName = RawPath(file).stem.description }
        let output = try Setting.optional(output, variable: "GIGASTT_OUTPUT", parse: { $0 })
        let destination = try OutputDestination(output, input: FileStatus.identity(ofRecording: file))
        let source = try AudioInput(path: file, headerless: try audio.headerless(), track: try audio.trackNumber())
        var options = try options(for: source)
        options.maximumAlternatives = readingCount
        var loader = try await model.loader(
            offline: general.isOffline(program.general),
            threads: Setting.optional(threads, variable: "GIGASTT_THREADS", parse: { Int($0) }),
            text: passes, check: { try AudioInput.check(file) })
        let hotwords = try hotwords.values()
        loader.configuration.hotwords = hotwords.hotwords
        let voices = try voices.known()
        loader.configuration.identifiesSpeakers = voices != nil
        let configuration = loader.configuration
        for warning in hotwords.warnings { Console.warn(warning) }
        let isTimed = try Setting.flag(timing, variable: "GIGASTT_TIMING")
        try await Interruption.cancelling { [loader, options, rendering] in
            let start = ContinuousClock.now
            // The models are freed before the text is made, which takes their place in memory.
            let result = try await Self.transcribe(source, with: loader, voices, options)
            let text = result.transcript().rendered(as: format, options: rendering)
            let end = ContinuousClock.now
            try destination.write(text, as: format.fileExtension)
            if isTimed {
                let line = TimingLine(
                    transcribe: end - result.loaded, load: result.loaded - start, parts: result.processingTime,
                    audio: result.segments.end,
                    threadCount: configuration.workerCount * configuration.threadsPerWorker)
                Console.result(line.text)
            }
        }
    }

    private func options(for input: AudioInput) throws -> TranscriptionOptions {
        var options = try model.transcription()
        options.wordEnds = try format.layout.wordEnds()
        options.confidence = try confidence.scale()
        options.text = try passes.formatting()
        options.speakers = try speakers.separation()
        guard try Setting.flag(stereoSpeakers, variable: "GIGASTT_STEREO_SPEAKERS") else { return options }
        if options.speakers != nil {
            throw ValidationError("--stereo-speakers and --diarization exclude each other")
        }
        // What has no header has one channel.
        if input.source.headerless != nil { return options }
        guard input.source.canRestart else {
            throw ValidationError("--stereo-speakers needs a file: it is read more than once")
        }
        options.channels = .apart
        return options
    }

    /// What a recognition leaves when its models are freed.
    private struct Recognition {
        var segments = PackedSegments()
        var speakerNames: [SpeakerName]?
        var processingTime: ProcessingTime
        /// When the models were loaded.
        let loaded: ContinuousClock.Instant

        func transcript() -> Transcript {
            Transcript(segments: segments.segments, duration: segments.end, speakerNames: speakerNames)
        }
    }

    private static func transcribe(
        _ input: AudioInput, with loader: ModelLoader, _ voices: NamedVoices?, _ options: TranscriptionOptions
    ) async throws -> Recognition {
        let recognizer = try await loader.load()
        var result = Recognition(processingTime: recognizer.processingTime, loaded: .now)
        var options = options
        options.endUtterancesAsServed(by: recognizer)
        if options.speakers != nil, let voices {
            try voices.warn(recognizer)
            options.knownVoices = try voices.known(to: recognizer)
        }
        var progress = ProgressBar()
        defer { progress.clear() }
        if options.speakers != nil, let warning = recognizer.missingSpeakersWarning { Console.warn(warning) }
        let duration = input.duration
        var hasUnlabelledWord = false
        var iterator = recognizer.segments(of: input.source, options: options).makeAsyncIterator()
        while let segment = try await iterator.next() {
            result.segments.append(segment)
            hasUnlabelledWord = hasUnlabelledWord || segment.words.contains { $0.speaker == nil }
            progress.update(seconds: segment.end, of: duration)
        }
        progress.clear()
        if options.speakers != nil, recognizer.capabilities.speakers {
            if try await !iterator.label(&result.segments) {
                Console.warn("Words have no speakers: the speaker model failed on this recording.")
            }
        }
        for note in try await iterator.notes() { Console.warn(note.message) }
        if options.channels == .apart, hasUnlabelledWord {
            Console.warn("\(input.singleVoiceReason), so the speakers are not separated.")
        }
        result.speakerNames = iterator.speakerNames
        result.processingTime = recognizer.processingTime
        return result
    }
}
