#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// C strings with a stable address.
final class CStringList {
    let pointers: [UnsafePointer<CChar>?]

    init(_ strings: [String]) { pointers = strings.map { UnsafePointer(strdup($0)) } }
    deinit { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
}

// Proof: the pointers and what they point at are written in `init` only.
extension CStringList: @unchecked Sendable {}
