import STTInference
import TestSupport

@testable import GigaSTT

/// A recognizer whose only worker can be held: a server warms its model up first.
final class HeldRecognizer: Sendable {
    let recognizer: Recognizer
    private let gate = Gate()

    init(_ wanted: RecognizerConfiguration = RecognizerConfiguration()) async throws {
        var configuration = wanted
        configuration.workerCount = 1
        recognizer = try await Recognizer(.demo, configuration: configuration)
    }

    /// Keeps the worker busy until it is let go.
    func hold() async {
        recognizer.queue.submit(.final, client: ClientID()) { [gate] _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
    }

    /// Lets a final wait for the worker, so that a new session would delay it.
    func crowd() {
        recognizer.queue.submit(.final, client: ClientID()) { _ in
        } completion: { _ in
        }
    }

    func letGo() { gate.open() }
}
