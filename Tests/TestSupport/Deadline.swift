import Dispatch
import Synchronization

/// The work did not end: what it waits for never happens.
public struct Hung: Error {}

/// Runs work that must come to an end. When it does not within a minute it is left behind and the test fails, so that
/// a fault in waking somebody does not stop the whole suite.
public func mustEnd<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let race = Race(continuation)
        DispatchQueue.global().asyncAfter(deadline: .now() + 60) { [weak race] in race?.end(.failure(Hung())) }
        Task {
            do {
                race.end(.success(try await body()))
            } catch {
                race.end(.failure(error))
            }
        }
    }
}

/// Resumes a continuation for the first who comes.
private final class Race<Value: Sendable>: Sendable {
    private let waiter: Mutex<CheckedContinuation<Value, any Error>?>

    init(_ waiter: CheckedContinuation<Value, any Error>) { self.waiter = Mutex(waiter) }

    func end(_ result: Result<Value, any Error>) {
        let continuation = waiter.withLock { waiter in
            defer { waiter = nil }
            return waiter
        }
        continuation?.resume(with: result)
    }
}
