import Dispatch
import Foundation
import Synchronization

/// The work did not end within the limit.
public struct Hung: Error {}

/// Seconds until `mustEnd` gives up: 60, or GIGASTT_TEST_DEADLINE, which slow builds such as the sanitizers' set.
private let limit = ProcessInfo.processInfo.environment["GIGASTT_TEST_DEADLINE"].flatMap(Double.init) ?? 60

/// Runs work that must end. When it does not within the limit it is abandoned and the test fails, so that a missed
/// wake-up does not stop the whole suite.
public func mustEnd<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let race = Race(continuation)
        DispatchQueue.global().asyncAfter(deadline: .now() + limit) { [weak race] in race?.end(.failure(Hung())) }
        Task {
            do {
                race.end(.success(try await body()))
            } catch {
                race.end(.failure(error))
            }
        }
    }
}

/// Resumes a continuation with the first result.
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
