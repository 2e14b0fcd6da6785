internal import Dispatch
internal import Foundation
internal import Synchronization

/// Named threads of their own, with a stack for deep native code, and the signal they sleep on.
///
/// Swift's cooperative pool has one thread per core and must never be blocked; inference blocks for seconds.
final class WorkerThreads: Sendable {
    /// What the main thread has on Linux; the default of other threads on Apple systems is 512 KiB.
    static let stackSize = 8 << 20

    private let available = DispatchSemaphore(value: 0)
    private let started = Atomic(0)

    /// Starts a thread that calls `step` each time it is signalled, until it returns `false`.
    func start(_ step: @escaping @Sendable () -> Bool) {
        let number = started.wrappingAdd(1, ordering: .relaxed).oldValue
        let hasStarted = DispatchSemaphore(value: 0)
        let thread = Thread { [available] in
            // On Linux a name given before `start` has returned may be lost. Fifteen characters of it are shown.
            hasStarted.wait()
            Thread.current.name = "inference-\(number)"
            repeat { available.wait() } while Self.releasingTemporaries(step)
        }
        thread.stackSize = Self.stackSize
        thread.qualityOfService = .userInitiated
        thread.start()
        hasStarted.signal()
    }

    /// Lets `count` threads, now or whenever they are free, make a step. A step that finds nothing to do is harmless.
    func signal(_ count: Int = 1) {
        for _ in 0..<count { available.signal() }
    }

    /// A thread that never ends never empties the pool it was born with.
    private static func releasingTemporaries(_ step: () -> Bool) -> Bool {
        #if canImport(ObjectiveC)
            autoreleasepool(invoking: step)
        #else
            step()
        #endif
    }
}
