import ArgumentParser
import GigaSTT

/// The encoding of a recording without a header.
struct AudioOptions: ParsableArguments {
    @Option(
        help: "Codec of a file without header: pcmu, ulaw, pcma, alaw, g722, gsm or slin. [env GIGASTT_CODEC]")
    var codec: String?

    @Option(help: "Sample rate of a file without header. [env GIGASTT_SAMPLE_RATE]")
    var sampleRate: Int?

    @Option(
        help: "Audio track, from 1. [env GIGASTT_TRACK; default the one that is tagged as Russian, else the default]")
    var track: Int?

    /// The number of the audio track; `nil` = chosen by language.
    func trackNumber() throws -> Int? {
        let track = try Setting.optional(track, variable: "GIGASTT_TRACK", parse: { Int($0) })
        guard let track, track < 1 else { return track }
        throw ValidationError("--track counts from 1")
    }

    /// `nil` for a file with a header.
    func headerless() throws -> HeaderlessEncoding? {
        let rate = try Setting.optional(sampleRate, variable: "GIGASTT_SAMPLE_RATE", parse: { Int($0) })
        guard let codec = try Setting.optional(codec, variable: "GIGASTT_CODEC", parse: { $0 }) else { return nil }
        guard let rate else { throw ValidationError("--codec requires --sample-rate") }
        do {
            return try HeaderlessEncoding(codecName: codec, sampleRate: rate)
        } catch {
            throw ExitFailure(message: error.message)
        }
    }
}
