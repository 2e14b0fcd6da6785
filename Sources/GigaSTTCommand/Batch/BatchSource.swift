/// A recording of a folder, as it was found.
struct BatchSource: Sendable, Hashable {
    /// Below the folder that was searched.
    let path: RawPath
    let size: Int64
    /// Nanoseconds since 1970.
    let modified: Int64
}
