#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// Proof: the pointers and what they point at are written in `init` only.
/// C strings with a stable address.
final class CStringList: @unchecked Sendable {
    let pointers: [UnsafePointer<CChar>?]

    init(_ strings: [String]) { pointers = strings.map { UnsafePointer(strdup($0)) } }
    deinit { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
}
