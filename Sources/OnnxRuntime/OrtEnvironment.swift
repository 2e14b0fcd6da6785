import COnnxRuntime
import Foundation

/// The runtime's process-wide environment. Use `shared()`: the library keeps one per process anyway.
package final class OrtEnvironment {
    /// The library this environment lives in.
    package let library: OrtLibrary
    let handle: OpaquePointer
    let cpuMemory: OpaquePointer
    let allocator: OpaquePointer  // owned by the library

    private static let attempt: Result<OrtEnvironment, OrtError> = Result { () throws(OrtError) in
        // Otherwise version 1.32 writes an identifier of the machine and events into the home folder, to be sent.
        setenv("ORT_DISABLE_TELEMETRY", "1", 1)
        return try OrtEnvironment(library: OrtLibrary.load())
    }

    /// The environment of this process, made at the first call.
    package static func shared() throws(OrtError) -> OrtEnvironment { try attempt.get() }

    private init(library: OrtLibrary) throws(OrtError) {
        let api = library.api
        // Only fatal messages: the library would print the errors that we throw, with the paths in them.
        let fatalOnly: Int32 = 4
        let handle = try library.make { api.pointee.CreateEnv(fatalOnly, "gigastt", &$0) }
        do throws(OrtError) {
            // Allocator type 1 = arena, memory type 0 = default.
            cpuMemory = try library.make { api.pointee.CreateMemoryInfo("Cpu", 1, 0, 0, &$0) }
            allocator = try library.make { api.pointee.GetAllocatorWithDefaultOptions(&$0) }
        } catch {
            api.pointee.ReleaseEnv(handle)
            throw error
        }
        self.handle = handle
        self.library = library
    }

    deinit {
        library.api.pointee.ReleaseMemoryInfo(cpuMemory)
        library.api.pointee.ReleaseEnv(handle)
    }
}

// Proof: every member is set once in `init`, and the C objects behind them may be used from any thread.
extension OrtEnvironment: @unchecked Sendable {}
