/// A file of a text model cannot be used.
package struct TextModelError: Error, Sendable {
    /// What is wrong, without paths.
    package let message: String
    /// For the log.
    package let detail: String?

    package init(_ message: String, detail: String? = nil) {
        self.message = message
        self.detail = detail
    }
}
