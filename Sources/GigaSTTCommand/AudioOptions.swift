import ArgumentParser
import GigaSTT

/// How to understand a recording that has no header.
struct AudioOptions: ParsableArguments {
    @Option(help: "Codec of a file without header: pcmu, ulaw, pcma, alaw or g722. [env GIGASTT_CODEC]")
    var codec: String?

    @Option(help: "Sample rate of a file without header. [env GIGASTT_SAMPLE_RATE]")
    var sampleRate: Int?

    /// `nil` for a file that says itself what it is.
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
