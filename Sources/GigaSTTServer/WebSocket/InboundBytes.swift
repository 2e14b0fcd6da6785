import Synchronization

/// The bytes of the messages that a socket has received and its session has not handled yet. What exceeds the allowance
/// that every connection has is taken from the budget of bytes.
final class InboundBytes: Sendable {
    /// Two seconds of 16-bit audio at 16 kHz: usual messages cost nothing.
    static let allowance = 65_536

    private struct State {
        var count = 0
        var permit: BudgetPermit?
        var permitted = 0
    }

    private let state = Mutex(State())
    private let budget: Budget
    private let client: BudgetClient

    init(_ budget: Budget, _ client: BudgetClient) { (self.budget, self.client) = (budget, client) }

    /// A frame of this length begins to arrive.
    ///
    /// Throws the close frame for a server that has no bytes left.
    func take(_ count: Int) throws(WebSocketClose) {
        do {
            try state.withLock { state throws(BudgetRefusal) in
                let missing = state.count + count - Self.allowance - state.permitted
                if missing > 0 {
                    if let permit = state.permit {
                        try permit.addIfFree(missing)
                    } else {
                        state.permit = try budget.takeIfFree(.bytes, amount: missing, for: client)
                    }
                    state.permitted += missing
                }
                state.count += count
            }
        } catch {
            throw .tryAgainLater
        }
    }

    /// A frame of this length has been handled.
    func release(_ count: Int) {
        state.withLock { state in
            state.count -= count
            let unused = state.permitted - max(0, state.count - Self.allowance)
            guard unused > 0 else { return }
            state.permit?.giveBack(unused)
            state.permitted -= unused
        }
    }
}
