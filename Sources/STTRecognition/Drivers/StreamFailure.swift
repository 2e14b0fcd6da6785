import STTInference
import STTValues

/// What ended work, as a `GigaSTTError` or a `CancellationError`.
package enum StreamFailure {
    package static func translate(_ error: any Error) -> any Error {
        if error is GigaSTTError || error is CancellationError { return error }
        guard let error = error as? InferenceError else {
            return GigaSTTError(
                .inferenceFailed, "The model could not be run. Try again; if it persists, restart the program.",
                detail: String(reflecting: error))
        }
        let code: GigaSTTError.Code =
            switch error.code {
            case .overloaded: .overloaded
            case .timedOut, .stalled: .timedOut
            case .shuttingDown: .shuttingDown
            default: .inferenceFailed
            }
        return GigaSTTError(code, error.message, retryAfter: error.retryAfter)
    }
}
