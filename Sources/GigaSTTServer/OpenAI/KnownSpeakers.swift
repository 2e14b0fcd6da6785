import Foundation
import GigaSTT
import HTTPTypes
import STTValues

/// `known_speaker_names[]` and `known_speaker_references[]`: names for the speakers of one request, whose voices come with
/// it. Nothing of it is kept.
struct KnownSpeakers: Sendable, Hashable {
    /// Bytes of one reference as a data URL: 10 s of 16-bit stereo at 96 kHz.
    static let byteLimit = 5_500_000
    private static let nameFields: Set<String> = ["known_speaker_names[]", "known_speaker_names"]
    private static let referenceFields: Set<String> = ["known_speaker_references[]", "known_speaker_references"]

    private(set) var names: [String] = []
    /// The recordings, decoded.
    private(set) var references: [[UInt8]] = []

    var isEmpty: Bool { names.isEmpty && references.isEmpty }

    /// Whether a field of a form is one of these.
    static func owns(_ name: String) -> Bool { nameFields.contains(name) || isReference(name) }
    /// Whether a field holds a recording.
    static func isReference(_ name: String) -> Bool { referenceFields.contains(name) }

    /// Takes a field. Throws `invalid_known_speakers`.
    mutating func set(_ field: String, to value: String) throws(HTTPFailure) {
        guard names.count < Voices.referenceLimit || !Self.nameFields.contains(field),
            references.count < Voices.referenceLimit || !Self.isReference(field)
        else { throw Self.failure("at most \(Voices.referenceLimit) known speakers can be given") }
        if Self.isReference(field) {
            references.append(try Self.decoded(value))
            return
        }
        do {
            names.append(try VoicePrint.checkedName(value))
        } catch {
            throw Self.failure(error.message)
        }
    }

    /// Compares the fields with one another and with what the server may do.
    ///
    /// Throws `invalid_known_speakers`, and `known_speakers_not_allowed`.
    func check(isAllowed: Bool) throws(HTTPFailure) {
        if isEmpty { return }
        guard isAllowed else {
            throw HTTPFailure(
                .badRequest, code: "known_speakers_not_allowed",
                "This server does not name speakers. Leave known_speaker_names[] out, or have it started with "
                    + "--voice-consent")
        }
        guard names.count == references.count else {
            throw Self.failure("there must be as many known_speaker_references[] as known_speaker_names[]")
        }
        guard Set(names).count == names.count else { throw Self.failure("each name may come once") }
    }

    /// A failure that names the field to blame.
    static func failure(_ reason: String) -> HTTPFailure {
        HTTPFailure(.badRequest, code: "invalid_known_speakers", "Invalid known speakers: \(reason)")
    }

    /// The bytes of `data:TYPE;base64,…`.
    private static func decoded(_ text: String) throws(HTTPFailure) -> [UInt8] {
        let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let head = parts.first?.lowercased(), head.hasPrefix("data:"),
            head.hasSuffix(";base64"), let data = Data(base64Encoded: String(parts[1])), !data.isEmpty
        else { throw failure("a reference is not a data URL, data:audio/wav;base64,…") }
        return [UInt8](data)
    }
}

extension RecordingService {
    /// The voices of the references, to be compared with those of the recording.
    ///
    /// Throws `invalid_known_speakers` for a reference that does not show one voice, and what recognising it throws.
    func known(
        _ speakers: KnownSpeakers, _ voices: Voices, with recognizer: Recognizer, for client: BudgetClient
    ) async throws -> KnownVoices {
        try VoiceRoutes.check(recognizer.capabilities)
        var prints: [VoicePrint] = []
        for (name, reference) in zip(speakers.names, speakers.references) {
            do {
                prints.append(
                    try await voicePrint(
                        named: name, of: .bytes(reference), rules: .reference, with: recognizer, for: client))
            } catch let error as GigaSTTError
                where [.voiceUnusable, .audioTooLong, .audioUnreadable].contains(error.code)
            {
                throw KnownSpeakers.failure("reference \(prints.count + 1): \(error.message)")
            }
        }
        return try KnownVoices(prints, leastSimilarity: voices.leastSimilarity)
    }
}
