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

    /// The folder of voices with the similarity that a name needs. Throws as `store` does.
    func known() throws -> NamedVoices? {
        let similarity = try similarity()
        return try store().map { NamedVoices(store: $0, leastSimilarity: similarity) }
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

/// The voices by which the speakers of recordings get names.
struct NamedVoices: Sendable {
    let store: VoiceStore
    /// Similarity from which on a voice may be that of a name.
    let leastSimilarity: Float

    /// Warns of voices that are not used: those of another speaker model, and files that are no voices.
    ///
    /// Throws `ExitFailure` for a folder that cannot be used, as the other members do.
    func warn(_ recognizer: Recognizer) throws {
        guard let model = recognizer.voiceModel else { return }
        let others = try VoiceOptions.failing { () throws(GigaSTTError) in
            try store.voices().count { $0.print.model != model }
        }
        if others > 0 {
            Console.warn("\(others) known voices were enrolled with another speaker model and are not used.")
        }
        if store.unreadableCount > 0 { Console.warn("\(store.unreadableCount) files of --speakers-dir are no voices.") }
    }

    /// The voices that can be compared with what the recognizer hears, as they are now; `nil` when there are none. Blocks.
    func known(to recognizer: Recognizer) throws -> KnownVoices? {
        guard let model = recognizer.voiceModel else { return nil }
        return try VoiceOptions.failing { () throws(GigaSTTError) in
            try store.known(model: model, leastSimilarity: leastSimilarity)
        }
    }

    /// What decides the names: changes when a voice is added or removed.
    func fingerprint() throws -> String {
        let ids = try VoiceOptions.failing { () throws(GigaSTTError) in try store.voices().map(\.id).sorted() }
        return "\(leastSimilarity) \(ids.joined(separator: " "))"
    }
}
