import HummingbirdCore
import NIOCore
import ServiceLifecycle

/// A protocol with a port of its own; the raw value is the flag, and the key of the ready line and of the
/// configuration file.
public enum ProtocolPort: String, Sendable, Hashable, CaseIterable, CodingKeyRepresentable {
    /// That of vosk-server, over WebSocket.
    case vosk
    /// Wyoming, over TCP.
    case wyoming
    /// Asterisk's AudioSocket, over TCP.
    case audiosocket

    /// Whether connections are encrypted when there is a certificate. No client of the others has TLS.
    var usesTLS: Bool { self == .vosk }
}

/// The listener of such a port. It opens and closes with the main one.
struct ProtocolListener: Service {
    let port: ProtocolPort
    let address: ListenAddress
    let server: any Service

    func run() async throws {
        do {
            try await server.run()
        } catch {
            throw ServerError.listeningFailure(error).map(failure) ?? error
        }
    }

    private func failure(_ reason: String) -> ServerError {
        ServerError(
            .addressUnusable,
            "Cannot listen on \(address) for \(port.rawValue): \(reason). "
                + "Choose another address with --\(port.rawValue), or end the program that uses it.")
    }
}
