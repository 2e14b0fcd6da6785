import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file whose bytes are read where they lie in memory, from the start of a page.
final class MappedFile {
    let start: UnsafeRawPointer
    let count: Int

    /// `nil` when the file cannot be mapped.
    init?(_ url: URL) {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return nil }
        count = Int(status.st_size)
        guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED else {
            return nil
        }
        start = UnsafeRawPointer(memory)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: start), count) }
}
