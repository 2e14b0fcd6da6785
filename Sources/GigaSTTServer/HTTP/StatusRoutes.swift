import GigaSTT
import Hummingbird
import STTValues

/// `/health` and `/ready`.
struct StatusRoutes: Sendable {
    let life: ServerLife
    let version: String

    /// Whether the process lives.
    var health: Response {
        guard let recognizer = life.recognizer else {
            return .json(#"{"status":"ok","model":"loading","version":\#(JSONLiteral.string(version))}"#)
        }
        let head = recognizer.head
        return .json(
            #"{"status":"ok","model":"\#(recognizer.modelIdentifier)","variant":"\#(head.rawValue)","#
                + #""version":\#(JSONLiteral.string(version)),"punctuation":false,"itn":false}"#)
    }

    /// Whether new work is welcome.
    var ready: Response {
        guard let status = life.recognizer?.status else {
            return .json(#"{"status":"not_ready","reason":"initializing"}"#, status: .serviceUnavailable)
        }
        let readiness = Readiness(status, isDraining: life.isDraining)
        return .json(readiness.json, status: readiness.reason == nil ? .ok : .serviceUnavailable)
    }
}

/// The answer of `/ready`: whether a load balancer should send new work here.
struct Readiness: Sendable, Hashable {
    let available: Int
    let total: Int
    /// Why not; `nil` when it should.
    let reason: String?

    /// A busy worker is free again within a fraction of a second, so only a queue makes the server unready.
    init(_ status: RecognizerStatus, isDraining: Bool) {
        total = status.workerCount
        let isQueueLong = status.waitingFinalCount > 4 * status.workerCount
        reason = isDraining ? "shutting_down" : isQueueLong && status.idleWorkerCount == 0 ? "pool_exhausted" : nil
        available = reason == nil ? status.idleWorkerCount : 0
    }

    var json: String {
        #"{"status":"\#(reason == nil ? "ready" : "not_ready")","pool_available":\#(available),"pool_total":\#(total)"#
            + (reason.map { #","reason":"\#($0)""# } ?? "") + "}"
    }
}
