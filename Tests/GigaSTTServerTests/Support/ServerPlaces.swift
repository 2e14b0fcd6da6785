import Synchronization

/// How many servers the tests run at the same time. The clock of a test that must end starts when it has its place, so
/// that hundreds of tests do not starve one another on a small machine.
final class ServerPlaces: Sendable {
    static let shared = ServerPlaces(6)

    /// Whether the test has its place already: one that runs a server beside another needs no second.
    @TaskLocal private static var isTaken = false

    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    func use<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        if Self.isTaken { return try await body() }
        await take()
        defer { release() }
        return try await Self.$isTaken.withValue(true, operation: body)
    }

    private func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func release() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
