internal import Synchronization

/// Asks running work to stop because its result is not awaited any more.
///
/// A request gets one when it runs. It should look at ``isCancelled`` between steps of more than a few milliseconds, and
/// wrap a long call into a library in ``onCancel(_:during:)``. Once it was asked to stop, whatever it returns or throws
/// is replaced by the reason.
package final class CancellationToken: Sendable {
    private struct State {
        var reason: (any Error)?
        /// The run is over: cancelling has no effect any more.
        var isClosed = false
        /// In the order of registration; scopes nest, so the last one in is the first one out.
        var hooks: [(id: Int, run: @Sendable () -> Void)] = []
        var lastHook = 0
    }

    private let state = Mutex(State())

    /// Creates a token that is not cancelled, for work that runs outside a queue.
    package init() {}

    /// Whether the work was asked to stop.
    package var isCancelled: Bool { reason != nil }

    /// Throws the reason if the work was asked to stop: `CancellationError` or ``InferenceError/Code/timedOut``.
    package func checkCancellation() throws {
        if let reason { throw reason }
    }

    /// Asks the work to stop. Later calls, and calls after the run, change nothing.
    package func cancel() {
        cancel(CancellationError())
    }

    /// Runs `body`, and `hook` once if the work is asked to stop before `body` has returned.
    ///
    /// If it was asked already, `hook` runs first and `body` after it. The hook runs on whatever thread cancels, so it
    /// must be short and must not wait; it may still be running for a moment after this call has returned. It is
    /// released with the scope.
    /// - Throws: what `body` throws.
    package func onCancel<Value, Failure: Error>(
        _ hook: @escaping @Sendable () -> Void, during body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard let id = register(hook) else {
            if isCancelled { hook() }
            return try body()
        }
        defer { unregister(id) }
        return try body()
    }

    /// Runs `body`, and `hook` at least once if all of the work is asked to stop before `body` has returned: one run for
    /// several callers goes on while one of them waits.
    /// - Throws: what `body` throws.
    package static func onCancel<Value, Failure: Error>(
        ofAll tokens: [CancellationToken], _ hook: @escaping @Sendable () -> Void,
        during body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let hook = { @Sendable in if tokens.allSatisfy(\.isCancelled) { hook() } }
        return try onCancel(ofEach: tokens[...], hook, during: body)
    }

    private static func onCancel<Value, Failure: Error>(
        ofEach tokens: ArraySlice<CancellationToken>, _ hook: @escaping @Sendable () -> Void,
        during body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard let token = tokens.first else { return try body() }
        return try token.onCancel(hook) { () throws(Failure) -> Value in
            try onCancel(ofEach: tokens.dropFirst(), hook, during: body)
        }
    }

    var reason: (any Error)? { state.withLock { $0.reason } }

    func cancel(_ reason: any Error) {
        let hooks = state.withLock { state in
            guard state.reason == nil, !state.isClosed else { return [(id: Int, run: @Sendable () -> Void)]() }
            state.reason = reason
            defer { state.hooks = [] }
            return state.hooks
        }
        for hook in hooks { hook.run() }
    }

    /// Ends the life of the token with that of the run, and returns why the run was asked to stop, if it was.
    func close() -> (any Error)? {
        state.withLock { state in
            state.isClosed = true
            state.hooks = []
            return state.reason
        }
    }

    private func register(_ hook: @escaping @Sendable () -> Void) -> Int? {
        state.withLock { state in
            guard state.reason == nil, !state.isClosed else { return nil }
            state.lastHook += 1
            state.hooks.append((id: state.lastHook, run: hook))
            return state.lastHook
        }
    }

    private func unregister(_ id: Int) {
        state.withLock { state in
            if let index = state.hooks.lastIndex(where: { $0.id == id }) { state.hooks.remove(at: index) }
        }
    }
}
