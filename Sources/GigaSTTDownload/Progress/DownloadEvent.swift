public import Foundation
import STTValues

/// What a download reports while it runs.
public enum DownloadEvent: Sendable, Hashable {
    /// Another process works on the folder; its number when it is known.
    case waiting(holder: Int32?)
    /// So many bytes of a file are here. `total` is `nil` as long as the server does not say it.
    case downloading(file: String, done: Int64, total: Int64?)
    /// A file's bytes are compared with its pin.
    case verifying(file: String)
    /// A try has failed; the next one begins after a wait.
    case retrying(file: String, after: Duration)
    /// All that was asked for is in place.
    case done(folder: URL)

    /// The event as one JSON object without line end, by gigastt's contract; `nil` for events that it does not have.
    public var json: String? { object?.description }

    private var object: JSONValue? {
        switch self {
        case .waiting, .retrying: nil
        case .downloading(let file, let done, let total):
            [
                "phase": "download", "file": .string(file), "bytes_done": .integer(done),
                "bytes_total": total.map { .integer($0) } ?? .null,
            ]
        case .verifying(let file): ["phase": "verify", "file": .string(file)]
        case .done(let folder): ["phase": "done", "model_dir": .string(folder.path)]
        }
    }

    /// The last line of a download that has failed, in the same form.
    public static func json(failure error: any Error) -> String {
        let (kind, message) =
            switch error {
            case let error as DownloadError: (kind(error.code), error.operatorMessage)
            case is CancellationError: ("interrupted", "Interrupted")
            default: ("other", "\(error)")
            }
        let object: JSONValue = ["phase": "error", "kind": .string(kind), "message": .string(message)]
        return object.description
    }

    private static func kind(_ code: DownloadError.Code) -> String {
        switch code {
        case .network: "network"
        case .disk: "disk"
        case .checksum: "checksum"
        default: "other"
        }
    }
}
