/// What the holder of a key may do.
struct APIKeyRoles: OptionSet, Sendable, Hashable {
    let rawValue: UInt8

    /// Recognise speech, and everything else that is not named here.
    static let transcribe = APIKeyRoles(rawValue: 1)
    /// Change the running server.
    static let admin = APIKeyRoles(rawValue: 2)
    /// Read the metrics.
    static let metrics = APIKeyRoles(rawValue: 4)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The role with a name of the key file.
    init?(name: some StringProtocol) {
        switch name {
        case "transcribe": self = .transcribe
        case "admin": self = .admin
        case "metrics": self = .metrics
        default: return nil
        }
    }
}
