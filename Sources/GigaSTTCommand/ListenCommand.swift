import ArgumentParser
import Foundation
import GigaSTT
import GigaSTTServer

/// `gigastt listen`: a microphone, or raw samples on standard input, to text during speech.
struct ListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen", abstract: "Transcribe live speech.",
        discussion: """
            From a terminal the microphone is used; else standard input is read as raw samples (PCM, 16 bits, little \
            endian, mono): ffmpeg -i URL -f s16le -ac 1 -ar 16000 - | gigastt listen

            Ctrl-C ends the recording: the last words are recognised and printed.
            """)

    @Option(help: "Rate of the raw samples on standard input: 8000, 16000, 24000, 44100 or 48000.")
    var sampleRate = 16_000

    @Option(help: "auto, assistant (silence alone ends an utterance) or manual. [env GIGASTT_ENDPOINT_MODE]")
    var endpointMode: EndpointMode?

    @Flag(help: "Print every event as one JSON object per line.")
    var json = false

    @OptionGroup var alternatives: AlternativeOptions
    @OptionGroup var confidence: ConfidenceOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Text") var passes: TextPassOptions
    @OptionGroup(title: "Hotwords") var hotwords: HotwordOptions
    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func run() async throws {
        general.apply(program.general)
        let mode = try Setting.value(
            endpointMode, variable: "GIGASTT_ENDPOINT_MODE", default: .auto,
            parse: { EndpointMode(name: $0) })
        var options = LiveOptions()
        let silence = try model.silence()
        options.text = try passes.formatting()
        options.confidence = try confidence.scale()
        options.maximumAlternatives = try alternatives.count(showsJSON: json)
        let hotwords = try hotwords.values()
        for warning in hotwords.warnings { Console.warn(warning) }
        var loader = try await model.loader(offline: general.isOffline(program.general), text: passes)
        loader.configuration.hotwords = hotwords.hotwords
        let input = try LiveAudio.fromTerminalOrPipe(sampleRate: sampleRate)
        defer { input.stop() }
        let output: any LiveOutput = json ? LiveJSONOutput() : LiveTextOutput()
        let isListening = Console.Choice(false)
        try await Interruption.ending({ _ in input.stop() }, cancelsUnless: { isListening.load() }) {
            [options, loader] in
            let recognizer = try await loader.load()
            var options = options
            options.endpointing = mode.endpointing(
                silence: silence, hasModel: recognizer.capabilities.voiceActivityModel)
            isListening.store(true)
            Console.note(input.isMicrophone ? "Recording; Ctrl-C ends." : "Reading samples from standard input.")
            try await recognizer.transcribe(live: input, options: options) { output.show($0) }
        }
    }
}
