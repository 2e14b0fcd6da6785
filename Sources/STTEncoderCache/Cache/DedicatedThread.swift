import Foundation
import Synchronization

/// Runs long, blocking work on a thread of its own, not on those that tasks share.
package enum DedicatedThread {
    /// Runs `body` on a new thread. Cancelling the task makes the closure that `body` gets return `true`; the call returns
    /// when `body` does.
    package static func run<Value: Sendable>(
        isBackground: Bool = true, _ body: @escaping @Sendable (_ isCancelled: @escaping () -> Bool) throws -> Value
    ) async throws -> Value {
        let flag = Flag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let thread = Thread {
                    if isBackground { lowerPriority() }
                    continuation.resume(with: Result { try body { flag.isSet } })
                }
                // The decoding of a model's headers and the runtime use more than the half megabyte of some systems.
                thread.stackSize = 8 << 20
                thread.qualityOfService = isBackground ? .utility : .userInitiated
                thread.start()
            }
        } onCancel: {
            flag.set()
        }
    }

    /// On Linux a thread has a niceness of its own, and no quality of service.
    private static func lowerPriority() {
        #if canImport(Glibc)
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        #endif
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }
}
