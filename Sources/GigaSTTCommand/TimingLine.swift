import Foundation
import GigaSTT

/// The line of `transcribe --timing` on standard error: `{"timing":{…}}`, times in seconds.
struct TimingLine {
    /// From the start of reading the recording to the text.
    let transcribe: Duration
    /// Loading the model, before that.
    let load: Duration
    /// Of the transcription, added over threads: with several workers, more than `transcribe`.
    let parts: ProcessingTime
    /// Length of the recording in seconds.
    let audio: Double
    /// Threads that may run the model.
    let threadCount: Int

    /// The order is part of the interface.
    var text: String {
        let times: [(String, Double)] = [
            ("transcribe_s", transcribe / .seconds(1)), ("load_s", load / .seconds(1)),
            ("features_s", parts.features / .seconds(1)), ("encoder_s", parts.encoder / .seconds(1)),
            ("decoder_s", parts.search / .seconds(1)), ("audio_s", audio),
        ]
        let fields = times.map { name, value in "\"\(name)\":\(Self.microseconds(value))" }
        return "{\"timing\":{\((fields + ["\"threads\":\(threadCount)"]).joined(separator: ","))}}"
    }

    private static func microseconds(_ seconds: Double) -> String { String(format: "%.6f", seconds) }
}
