import COnnxRuntime

/// Memory of a session for the inputs and outputs of its runs. The session's own allocator gives it out: it keeps what runs
/// have left for later ones, so that pinning costs once.
struct BoundMemory {
    let info: OpaquePointer
    let allocator: OpaquePointer
    private let library: OrtLibrary

    /// `nil` when the session has no such memory.
    init?(named name: String, of session: OpaquePointer, _ library: OrtLibrary) {
        let api = library.api
        // Allocator type 0 = that of the device, memory type 0 = default, the first device.
        guard let info = try? library.make({ api.pointee.CreateMemoryInfo(name, 0, 0, 0, &$0) }) else { return nil }
        guard let allocator = try? library.make({ api.pointee.CreateAllocator(session, info, &$0) }) else {
            api.pointee.ReleaseMemoryInfo(info)
            return nil
        }
        (self.info, self.allocator, self.library) = (info, allocator, library)
    }

    /// To be called once, before the session is released.
    func release() {
        library.api.pointee.ReleaseAllocator(allocator)
        library.api.pointee.ReleaseMemoryInfo(info)
    }
}
