internal import Synchronization

/// Whose work a unit is: one live stream, or one file. Clients of a lane take turns.
package struct ClientID: Sendable, Hashable {
    private static let issued = Atomic<UInt64>(0)

    private let number: UInt64

    /// Creates an identity that no other client of this process has.
    package init() {
        number = Self.issued.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
