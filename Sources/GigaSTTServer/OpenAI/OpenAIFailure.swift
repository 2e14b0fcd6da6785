import HTTPTypes
import STTValues

/// A failure in the form of OpenAI's API: `{"error": {"message", "type", "param", "code"}}`.
struct OpenAIFailure: Sendable {
    let failure: HTTPFailure

    /// The value of `error`, in responses and events.
    var error: JSONValue {
        [
            "message": .string(failure.message), "type": .string(type),
            "param": parameter.map { .string($0) } ?? .null, "code": .string(failure.code),
        ]
    }

    /// The body of a response.
    var json: JSONValue { ["error": error] }

    /// The class of error, by which OpenAI's clients choose what to raise beside the status.
    private var type: String {
        switch failure.status.code {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 429: "rate_limit_error"
        case 400..<500: "invalid_request_error"
        default: "server_error"
        }
    }

    /// The field that is to blame.
    private var parameter: String? {
        switch failure.code {
        case "missing_file", "empty_body", "payload_too_large", "transcription_error", "invalid_audio": "file"
        case "invalid_chunking_strategy": ChunkingStrategy.field
        case "invalid_known_speakers", "voice_unusable": "known_speaker_references[]"
        case "known_speakers_not_allowed": "known_speaker_names[]"
        case "invalid_include": "include[]"
        case "invalid_response_format", "unsupported_value": "response_format"
        case "invalid_timestamp_granularity": "timestamp_granularities[]"
        case "invalid_stream", "invalid_stream_options": "stream"
        case "too_many_hotwords", "hotword_phrase_too_long": "hotwords"
        case "model_not_found": "model"
        default: nil
        }
    }
}
