import GigaSTT
import Hummingbird
import STTValues

/// `/v1/models` and `/v1/models/{id}`: what is served, for clients of gigastt and of OpenAI at once.
///
/// The two APIs disagree about the shape of the answer, but not about the names in it: the object of gigastt, which
/// describes the one model, is at the same time OpenAI's list, whose `data` has that one model. Clients of either look
/// at their own members and pass over the others. There are no aliases: transcriptions take any name of a model, so
/// `whisper-1` works there, but it is not a model that this server has.
struct ModelRoutes: Sendable {
    let life: ServerState
    let inForce: CurrentSettings
    let version: String

    /// The model and the list of it.
    func list() throws -> Response {
        guard let recognizer = life.recognizer else { throw HTTPFailure.starting }
        let (head, status) = (recognizer.head, recognizer.status)
        return .json(
            [
                "id": .string(recognizer.modelIdentifier), "name": .string(recognizer.displayName),
                "variant": .string(head.rawValue), "version": .string(version),
                "encoder": .string(recognizer.isQuantized ? "int8" : "fp32"),
                "vocab_size": .integer(recognizer.vocabularyCount), "sample_rate": 16_000,
                "pool_size": .integer(status.workerCount), "pool_available": .integer(status.idleWorkerCount),
                "supported_formats": ["wav", "mp3", "m4a", "ogg", "flac"],
                "supported_rates": .array(PCMFormat.sampleRates.map { .integer($0) }),
                "punctuation": .boolean(recognizer.capabilities.punctuation),
                "fusion": .boolean(recognizer.capabilities.fusion),
                "calibrated_confidence": .boolean(recognizer.capabilities.calibratedConfidence),
                "itn": .boolean(recognizer.writesNumbers(inForce.current.text)),
                "diarization": .boolean(recognizer.capabilities.speakers),
                "execution_provider": .string(recognizer.capabilities.provider.rawValue),
                "object": "list", "data": [Self.object(recognizer)],
            ])
    }

    /// One model in OpenAI's shape.
    func model(_ name: String) throws -> Response {
        guard let recognizer = life.recognizer else { throw HTTPFailure.starting }
        guard name == recognizer.modelIdentifier else {
            throw HTTPFailure(
                .notFound, code: "model_not_found",
                "There is no model of that name here. This server has \(recognizer.modelIdentifier)")
        }
        return .json(Self.object(recognizer))
    }

    /// `created` is when this server began to answer: the files of a model do not say when it was made.
    private static func object(_ recognizer: Recognizer) -> JSONValue {
        [
            "id": .string(recognizer.modelIdentifier), "object": "model", "created": .integer(UnixTime.start),
            "owned_by": "gigastt",
        ]
    }
}

extension Recognizer {
    /// The human-readable name of a published model (gigastt 2.18), else the identifier.
    fileprivate var displayName: String {
        guard modelIdentifier.hasPrefix("gigaam-") else { return modelIdentifier }
        return switch head {
        case .rnnt: "GigaAM v3 RNN-T"
        case .e2eRNNT: "GigaAM v3 E2E RNN-T"
        case .ctc: "GigaAM v3 CTC"
        case .e2eCTC: "GigaAM v3 E2E CTC"
        case .multilingualCTC: "GigaAM Multilingual CTC"
        case .multilingualLargeCTC: "GigaAM Multilingual CTC (large)"
        }
    }
}
