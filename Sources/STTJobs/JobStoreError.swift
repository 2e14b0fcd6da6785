/// Why jobs cannot be stored or read.
package struct JobStoreError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    package enum Code: Sendable, Hashable {
        /// The folder cannot be made, opened or written.
        case unusable
        /// Another process uses the folder.
        case inUse
        /// The store was written by a newer version.
        case newerSchema
        /// There is no space left.
        case full
        /// The store is damaged.
        case damaged
        /// Anything else.
        case failed
    }

    package let code: Code
    /// What happened and what to do next: no path, nothing that was said.
    package let message: String
    /// For the operator.
    package let detail: String

    package init(_ code: Code, _ message: String, detail: String = "") {
        self.code = code
        self.message = message
        self.detail = detail
    }

    package var description: String { message }
}
