import CGigaSTT
import GigaSTT
import STTEncoderCache

/// Why a call failed, as the C program reads it.
struct CallFailure: Error {
    let code: Int
    let message: String
    let detail: String

    init(_ code: Int, _ message: String, detail: String = "") {
        (self.code, self.message, self.detail) = (code, message, detail)
    }

    /// An argument that cannot be used; `message` says which and what to give.
    static func invalid(_ message: String) -> CallFailure { CallFailure(GIGASTT_ERROR_INVALID_ARGUMENT, message) }

    init(_ error: any Error) {
        switch error {
        case let error as CallFailure: self = error
        case let error as GigaSTTError: self.init(error.code.cCode, error.message, detail: error.detail)
        case let error as MediaError:
            let isRate = error.code == .unsupportedRate
            self.init(isRate ? GIGASTT_ERROR_INVALID_ARGUMENT : GIGASTT_ERROR_AUDIO_UNREADABLE, error.message)
        case let error as QuantizeError:
            let isModel = error.code == .unreadable
            self.init(
                isModel ? GIGASTT_ERROR_MODEL_DAMAGED : GIGASTT_ERROR_NOT_WRITABLE, error.message, detail: error.detail)
        case is CancellationError: self.init(GIGASTT_ERROR_CANCELLED, "The stream was freed.")
        default:
            self.init(
                GIGASTT_ERROR_INTERNAL, "An unexpected error. Report it with its detail.",
                detail: String(reflecting: error))
        }
    }

    /// Leaves the failure to the functions that begin with `gigastt_last_error`.
    func store() { last_error_set(Int32(code), message, detail) }
}

extension GigaSTTError.Code {
    fileprivate var cCode: Int {
        switch self {
        case .modelMissing: GIGASTT_ERROR_MODEL_MISSING
        case .modelDamaged: GIGASTT_ERROR_MODEL_DAMAGED
        case .modelUnsupported: GIGASTT_ERROR_MODEL_UNSUPPORTED
        case .runtimeMissing: GIGASTT_ERROR_RUNTIME_MISSING
        case .providerMissing: GIGASTT_ERROR_PROVIDER_MISSING
        case .cacheUnusable: GIGASTT_ERROR_NOT_WRITABLE
        case .audioUnreadable: GIGASTT_ERROR_AUDIO_UNREADABLE
        case .audioTooLong: GIGASTT_ERROR_AUDIO_TOO_LONG
        case .invalidOption: GIGASTT_ERROR_INVALID_ARGUMENT
        case .overloaded: GIGASTT_ERROR_OVERLOADED
        case .timedOut: GIGASTT_ERROR_TIMED_OUT
        case .shuttingDown: GIGASTT_ERROR_SHUT_DOWN
        case .inferenceFailed: GIGASTT_ERROR_INFERENCE
        default: GIGASTT_ERROR_INTERNAL
        }
    }
}

/// Runs the body of a C function: what it throws becomes the error of the thread, and `failure` is returned.
func call<Value>(otherwise failure: Value, _ body: () throws -> Value) -> Value {
    do {
        let value = try body()
        last_error_set(Int32(GIGASTT_OK), "", "")
        return value
    } catch {
        CallFailure(error).store()
        return failure
    }
}

/// As `call(otherwise:_:)`, for a function that returns a text of the caller's.
func callForText(_ body: () throws -> String) -> UnsafeMutablePointer<CChar>? {
    call(otherwise: nil) { try owned(try body()) }
}
