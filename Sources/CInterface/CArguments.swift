import Foundation

/// The text of an argument, copied. Throws for NULL and for what is no UTF-8.
func textArgument(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(CallFailure) -> String {
    guard let pointer else { throw .invalid("\(name) is NULL. Give a text.") }
    // Proof: the header asks for a text that ends in a zero; it is copied within the call.
    guard let text = String(validatingCString: pointer) else {
        throw .invalid("\(name) is not valid UTF-8. Convert it.")
    }
    return text
}

/// The bytes of an array argument of `count` elements, copied. Throws for NULL, unless the array is empty, and for a number
/// that no array can have.
func arrayArgument(
    _ pointer: UnsafeRawPointer?, count: Int, ofSize size: Int, _ name: String
) throws(CallFailure) -> [UInt8] {
    guard (0...1 << 33).contains(count) else { throw .invalid("The number of \(name) is out of range.") }
    guard count > 0 else { return [] }
    guard let pointer else { throw .invalid("\(name) is NULL, and its number is not 0. Give an array.") }
    // Proof: the header asks for so many elements; bytes have no alignment, and are copied within the call.
    return [UInt8](UnsafeRawBufferPointer(start: pointer, count: count * size))
}

/// A copy of a text that the caller frees with `gigastt_string_free`.
func owned(_ text: String) throws(CallFailure) -> UnsafeMutablePointer<CChar> {
    guard let copy = strdup(text) else { throw .invalid("There is no memory for the text.") }
    return copy
}
