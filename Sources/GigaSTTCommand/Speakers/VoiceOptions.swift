import ArgumentParser
import Foundation
import GigaSTT

/// Whether speakers may get names, and where the voices are that are known by name.
struct VoiceOptions: ParsableArguments {
    static let consentVariable = "GIGASTT_VOICE_CONSENT"

    @Flag(
        help: ArgumentHelp(
            "Allow names: those who are known by their voices have agreed to be identified. "
                + "[env GIGASTT_VOICE_CONSENT]"))
    var voiceConsent = false

    @Option(
        help: ArgumentHelp(
            "Folder of the voices that are known by name; needs --voice-consent. "
                + "[env GIGASTT_SPEAKERS_DIR; default: none]",
            valueName: "folder"))
    var speakersDir: String?

    @Option(
        help: ArgumentHelp(
            "Similarity from which on a voice may be that of a name, 0 to 1. [env GIGASTT_NAME_SIMILARITY; default 0.75]"
        ))
    var nameSimilarity: Float?

    func isAllowed() throws -> Bool { try Setting.flag(voiceConsent, variable: Self.consentVariable) }

    func folder() throws -> URL? { try Setting.url(speakersDir, variable: "GIGASTT_SPEAKERS_DIR") }

    func similarity() throws -> Float {
        let value = try Setting.value(
            nameSimilarity, variable: "GIGASTT_NAME_SIMILARITY", default: KnownVoices.standardSimilarity,
            parse: { Float($0) })
        guard (0...1).contains(value) else { throw ValidationError("--name-similarity must be 0 to 1") }
        return value
    }

    /// The folder of voices; `nil` where none is named.
    ///
    /// Throws a usage error without consent, and `ExitFailure` for a folder that cannot be used.
    func store() throws -> VoiceStore? {
        guard let folder = try folder() else { return nil }
        guard try isAllowed() else {
            throw ValidationError(
                "--speakers-dir needs --voice-consent: names identify people, who must have agreed to it")
        }
        return try Self.failing { () throws(GigaSTTError) in try VoiceStore(in: folder) }
    }

    /// Runs `body` and says more about a folder that cannot be used.
    static func failing<Value>(_ body: () throws(GigaSTTError) -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw ExitFailure(message: error.detail.isEmpty ? error.message : "\(error.message) (\(error.detail))")
        }
    }
}

extension VoiceStore {
    /// The voices that can be compared with what the recognizer hears. Others cause a warning.
    func known(to recognizer: Recognizer, similarity: Float) throws -> KnownVoices? {
        guard let model = recognizer.voiceModel else { return nil }
        return try VoiceOptions.failing { () throws(GigaSTTError) in
            let others = try voices().count { $0.print.model != model }
            if others > 0 {
                Console.warn("\(others) known voices were enrolled with another speaker model and are not used.")
            }
            if unreadableCount > 0 { Console.warn("\(unreadableCount) files of --speakers-dir are no voices.") }
            return try known(model: model, leastSimilarity: similarity)
        }
    }
}
