import ArgumentParser
import GigaSTT

/// Whether and how the speakers of a recording are told apart by their voices.
struct SpeakerOptions: ParsableArguments {
    @Flag(help: "Label words with their speakers, told apart by their voices. [env GIGASTT_DIARIZATION]")
    var diarization = false

    @Option(help: "Number of speakers, 1 to 64; implies --diarization. [env GIGASTT_SPEAKERS; default estimated]")
    var speakers: Int?

    @Option(help: "Fewest speakers to estimate; implies --diarization. [env GIGASTT_MIN_SPEAKERS; default 1]")
    var minSpeakers: Int?

    @Option(help: "Most speakers to estimate; implies --diarization. [env GIGASTT_MAX_SPEAKERS; default 64]")
    var maxSpeakers: Int?

    /// How the speakers are told apart; `nil`: not at all.
    func separation() throws -> SpeakerSeparation? {
        func number(_ flag: Int?, _ variable: String) throws -> Int? {
            try Setting.optional(flag, variable: variable, parse: { Int($0) })
        }
        let isOn = try Setting.flag(diarization, variable: "GIGASTT_DIARIZATION")
        let count = try number(speakers, "GIGASTT_SPEAKERS")
        let (least, most) = (
            try number(minSpeakers, "GIGASTT_MIN_SPEAKERS"), try number(maxSpeakers, "GIGASTT_MAX_SPEAKERS")
        )
        guard isOn || count != nil || least != nil || most != nil else { return nil }
        do {
            return try SpeakerSeparation(count: count, minimum: least, maximum: most)
        } catch {
            throw ValidationError(error.message)
        }
    }
}

extension Recognizer {
    /// Why words are not labelled although it was asked for; `nil` when they can be.
    var missingSpeakersWarning: String? {
        if capabilities.speakers { return nil }
        let reason =
            speakerFailure.map { "\($0.message) (\($0.detail))" }
            ?? "There is no wespeaker_resnet34.onnx in the model folder; `gigastt download` fetches it."
        return "Words have no speakers. \(reason)"
    }
}
