import COnnxRuntime
import Synchronization

/// Stops a run of `OrtSession` from another thread, within one operator. It stays cancelled.
package final class RunCancellation {
    let handle: OpaquePointer
    private let library: OrtLibrary
    private let flag = Atomic(false)

    /// A cancellation that has not happened yet.
    package init(in environment: OrtEnvironment) throws(OrtError) {
        library = environment.library
        let api = library.api
        handle = try library.make { api.pointee.CreateRunOptions(&$0) }
        // A terminated run would print its end as an error.
        try library.check(api.pointee.RunOptionsSetRunLogSeverityLevel(handle, 4))
    }

    deinit { library.api.pointee.ReleaseRunOptions(handle) }

    /// Whether `cancel` was called.
    package var isCancelled: Bool { flag.load(ordering: .acquiring) }

    /// Ends the run it was given to, and refuses later ones.
    package func cancel() {
        flag.store(true, ordering: .releasing)
        if let status = library.api.pointee.RunOptionsSetTerminate(handle) {
            library.api.pointee.ReleaseStatus(status)
        }
    }
}

// Proof: the handle is set once, and the C interface allows to terminate a run from any thread.
extension RunCancellation: @unchecked Sendable {}
