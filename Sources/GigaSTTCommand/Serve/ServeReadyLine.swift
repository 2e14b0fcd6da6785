import Foundation
import GigaSTTServer

/// The line on standard output with which a supervisor finds the server.
enum ServeReadyLine {
    private struct Line: Encodable {
        let audiosocket: String?
        let event = "ready"
        let host: String
        let metricsPort: Int?
        let model: String
        let port: Int
        let scheme: String
        let vosk: String?
        let wyoming: String?
    }

    static func print(_ address: ServerAddress) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Line(
            audiosocket: address.listeners[.audiosocket]?.description, host: address.host,
            metricsPort: address.metricsPort, model: address.model, port: address.port,
            scheme: address.scheme, vosk: address.listeners[.vosk]?.description,
            wyoming: address.listeners[.wyoming]?.description)
        guard let data = try? encoder.encode(line) else { return }
        // A supervisor that has closed its end does not need the line.
        try? FileHandle.standardOutput.write(contentsOf: data + Data("\n".utf8))
    }
}
