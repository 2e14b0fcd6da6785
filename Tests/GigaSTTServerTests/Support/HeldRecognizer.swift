import STTInference
import TestSupport

@testable import GigaSTT

/// A recognizer whose only worker is busy until it is let go.
final class HeldRecognizer: Sendable {
    let recognizer: Recognizer
    private let gate = Gate()

    init() async throws {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        recognizer = try await Recognizer(.demo, configuration: configuration)
        recognizer.queue.submit(.final, client: ClientID()) { [gate] _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
    }

    func letGo() { gate.open() }
}
