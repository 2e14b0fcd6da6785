/// Why a body is not a form that can be read.
enum MultipartError: Error, Sendable, Hashable {
    /// Not what RFC 7578 describes, or cut off.
    case malformed
    case headerTooLong
    case tooManyParts
}
