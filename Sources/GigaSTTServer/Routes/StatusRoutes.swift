import GigaSTT
import Hummingbird
import STTValues

/// `/health` and `/ready`.
struct StatusRoutes: Sendable {
    let life: ServerState
    let inForce: CurrentSettings
    let budget: Budget
    let live: LiveService
    let version: String
    /// Whether `/v1/jobs` is served.
    let hasJobs: Bool

    /// Whether the process is alive.
    var health: Response {
        guard let recognizer = life.recognizer else {
            return .json(["status": "ok", "model": "loading", "version": .string(version), "jobs": .boolean(hasJobs)])
        }
        let (head, capabilities) = (recognizer.head, recognizer.capabilities)
        return .json(
            [
                "status": "ok", "model": .string(recognizer.modelIdentifier), "variant": .string(head.rawValue),
                "version": .string(version), "punctuation": .boolean(capabilities.punctuation),
                "itn": .boolean(recognizer.writesNumbers(inForce.current.text)),
                "diarization": .boolean(capabilities.speakers), "jobs": .boolean(hasJobs),
            ])
    }

    /// Whether new work is accepted.
    var ready: Response {
        guard let status = life.recognizer?.status else {
            return .json(["status": "not_ready", "reason": "initializing"], status: .serviceUnavailable)
        }
        let refuses = budget.refusesWork || live.wouldRefuse(status)
        let readiness = Readiness(status, refuses: refuses, isDraining: life.isDraining)
        return .json(readiness.json, status: readiness.reason == nil ? .ok : .serviceUnavailable)
    }
}

/// The answer of `/ready`: whether a load balancer should send new work here.
struct Readiness: Sendable, Hashable {
    let available: Int
    let total: Int
    /// Why not; `nil` when it should.
    let reason: String?

    /// Not ready exactly when a new live session or a new recording would be refused. A busy worker alone does not
    /// refuse: it is free again within a fraction of a second; and what would only wait is admitted.
    init(_ status: RecognizerStatus, refuses: Bool, isDraining: Bool) {
        total = status.workerCount
        reason = isDraining ? "shutting_down" : refuses ? "pool_exhausted" : nil
        available = reason == nil ? status.idleWorkerCount : 0
    }

    var json: JSONValue {
        [
            "status": reason == nil ? "ready" : "not_ready", "pool_available": .integer(available),
            "pool_total": .integer(total), "reason": reason.map { .string($0) },
        ]
    }
}
