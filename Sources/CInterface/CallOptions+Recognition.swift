import Foundation
import GigaSTT

extension CallOptions {
    /// The options of an engine: its configuration and the head that it loads.
    mutating func engine() throws -> (RecognizerConfiguration, RecognitionHead?) {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = try count("workers") ?? configuration.workerCount
        configuration.threadsPerWorker = try count("threads_per_worker") ?? configuration.threadsPerWorker
        configuration.punctuationModel = try text("punctuation_model").map { URL(fileURLWithPath: $0) }
        configuration.voiceActivityModel = try text("voice_activity_model").map { URL(fileURLWithPath: $0) }
        configuration.cache =
            try text("cache").map { EncoderCache(at: URL(fileURLWithPath: $0)) } ?? configuration.cache
        configuration.provider =
            try choice("provider") { RecognizerConfiguration.Provider(rawValue: $0) } ?? configuration.provider
        let head = try choice("head") { RecognitionHead(name: $0) }
        try finish()
        return (configuration, head)
    }

    /// The options of a recording and the format of its text.
    mutating func recording(hasChannels: Bool) throws -> (TranscriptionOptions, TranscriptFormat) {
        var options = TranscriptionOptions()
        (options.text, options.hotwords) = (try formatting(), try texts("hotwords").map { Hotwords($0) })
        if hasChannels {
            let names: [String: TranscriptionOptions.Channels] = ["mix": .mixed, "split": .apart]
            options.channels = try choice("channels") { names[$0] } ?? options.channels
        }
        options.maximumDuration = try number("max_seconds", in: 0...1e9).map { .seconds($0) }
        let format = try choice("format") { TranscriptFormat(named: $0) } ?? .plainText
        try finish()
        return (options, format)
    }

    /// The options of a live stream.
    mutating func stream() throws -> LiveOptions {
        var options = LiveOptions()
        (options.text, options.hotwords) = (try formatting(), try texts("hotwords").map { Hotwords($0) })
        options.partials = try boolean("partials") ?? options.partials
        if isNull("silence_ms") {
            options.endpointing = .manual
        } else if let silence = try number("silence_ms", in: 80...3_600_000) {
            options.endpointing.silence = .milliseconds(Int(silence))
        }
        try finish()
        return options
    }

    private mutating func formatting() throws -> TextFormatting {
        var formatting = TextFormatting()
        (formatting.punctuation, formatting.numbers) = (try boolean("punctuation"), try boolean("itn"))
        return formatting
    }
}
