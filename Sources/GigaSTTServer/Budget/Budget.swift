import Synchronization

/// What the server holds at the same time, in total and for each client: the one value that admission, `/ready` and
/// the metrics ask. The decisions are made by `BudgetMachine`.
final class Budget: Sendable {
    typealias Machine = BudgetMachine<BudgetClient>
    typealias Instant = ContinuousClock.Instant
    fileprivate typealias Decision = Result<Void, BudgetRefusal>

    fileprivate enum Waiter {
        /// Its task has not suspended yet.
        case pending
        case decided(Decision)
        case suspended(CheckedContinuation<Decision, Never>)
    }

    fileprivate struct Observer {
        let isMet: @Sendable (Machine) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    fileprivate struct State {
        var machine: Machine
        var waiters: [Machine.Ticket: Waiter] = [:]
        var observers: [Observer] = []
    }

    private let state: Mutex<State>

    init(_ limits: BudgetLimits) { state = Mutex(State(machine: Machine(limits))) }

    /// What is used of a resource now.
    func usage(of resource: BudgetResource) -> BudgetUsage { state.withLock { $0.machine.usage(of: resource) } }

    /// Whether a new recording or a new session would be refused, as far as the budget is concerned.
    var refusesWork: Bool {
        state.withLock { state in BudgetResource.allCases.contains { state.machine.usage(of: $0).wouldRefuse } }
    }

    /// Takes an amount of a resource, and waits for it until `deadline` where need be. Releasing the permit gives it
    /// back.
    ///
    /// Throws `BudgetRefusal`, and `CancellationError`.
    func take(
        _ resource: BudgetResource, amount: Int = 1, for client: BudgetClient, until deadline: Instant
    ) async throws -> BudgetPermit {
        try await claim(resource, amount, client, until: deadline)
        return BudgetPermit(self, resource, amount, client)
    }

    /// Takes an amount of a resource if it is free.
    func takeIfFree(
        _ resource: BudgetResource, amount: Int = 1, for client: BudgetClient
    ) throws(BudgetRefusal) -> BudgetPermit {
        try claimIfFree(resource, amount, client)
        return BudgetPermit(self, resource, amount, client)
    }

    /// Refuses everything that waits, and lets nothing wait any more: the server is stopping.
    func close() { update { ((), $0.machine.close().map { ($0, .failure(.closed)) }) } }

    /// Replaces the limits.
    func replace(_ limits: BudgetLimits) { update { ((), $0.machine.replace(limits).map { ($0, .success(())) }) } }

    /// Returns when `isMet` holds of the machine.
    func wait(until isMet: @escaping @Sendable (Machine) -> Bool) async {
        await withCheckedContinuation { continuation in
            update { ($0.observers.append(Observer(isMet: isMet, continuation: continuation)), []) }
        }
    }

    // MARK: Claims

    fileprivate func claimIfFree(
        _ resource: BudgetResource, _ amount: Int, _ client: BudgetClient
    ) throws(BudgetRefusal) {
        let outcome = update { ($0.machine.claim(resource, amount: amount, for: client, mayWait: false), []) }
        if case .refused(let refusal) = outcome { throw refusal }
    }

    fileprivate func claim(
        _ resource: BudgetResource, _ amount: Int, _ client: BudgetClient, until deadline: Instant
    ) async throws {
        let outcome = update { state in
            let outcome = state.machine.claim(resource, amount: amount, for: client)
            if case .waiting(let ticket) = outcome { state.waiters[ticket] = .pending }
            return (outcome, [])
        }
        try await take(resource, amount, client, as: outcome, until: deadline)
    }

    /// Claims more of what is held; `onWait` is called when that has been given back.
    fileprivate func enlarge(
        _ resource: BudgetResource, from held: Int, by more: Int, _ client: BudgetClient, until deadline: Instant,
        onWait: () -> Void
    ) async throws {
        let outcome = update { state in
            let (outcome, granted) = state.machine.enlarge(resource, from: held, by: more, for: client)
            if case .waiting(let ticket) = outcome { state.waiters[ticket] = .pending }
            return (outcome, granted.map { ($0, .success(())) })
        }
        if case .waiting = outcome { onWait() }
        try await take(resource, held + more, client, as: outcome, until: deadline)
    }

    /// Returns when a claim is granted; one that waits is for this amount.
    private func take(
        _ resource: BudgetResource, _ amount: Int, _ client: BudgetClient, as outcome: Machine.Outcome,
        until deadline: Instant
    ) async throws {
        switch outcome {
        case .granted: return
        case .refused(let refusal): throw refusal
        case .waiting(let ticket):
            try await decision(on: ticket, of: resource, until: deadline).get()
            // The grant came before the cancellation.
            guard Task.isCancelled else { return }
            release(resource, amount, client)
            throw CancellationError()
        }
    }

    private func decision(
        on ticket: Machine.Ticket, of resource: BudgetResource, until deadline: Instant
    ) async throws -> Decision {
        let decision = await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    try? await ContinuousClock().sleep(until: deadline)
                    self.withdraw(ticket, of: resource, isTimeout: true)
                }
                defer { group.cancelAll() }
                return await self.decision(on: ticket)
            }
        } onCancel: {
            withdraw(ticket, of: resource, isTimeout: false)
        }
        if case .failure = decision { try Task.checkCancellation() }
        return decision
    }

    private func decision(on ticket: Machine.Ticket) async -> Decision {
        await withCheckedContinuation { continuation in
            let decided: Decision? = state.withLock { state in
                if case .decided(let decision)? = state.waiters[ticket] {
                    state.waiters[ticket] = nil
                    return decision
                }
                state.waiters[ticket] = .suspended(continuation)
                return nil
            }
            if let decided { continuation.resume(returning: decided) }
        }
    }

    private func withdraw(_ ticket: Machine.Ticket, of resource: BudgetResource, isTimeout: Bool) {
        update { state in
            guard let granted = state.machine.withdraw(ticket, of: resource, isTimeout: isTimeout) else {
                return ((), [])
            }
            return ((), [(ticket, .failure(.timedOut))] + granted.map { ($0, .success(())) })
        }
    }

    fileprivate func release(_ resource: BudgetResource, _ amount: Int, _ client: BudgetClient) {
        update { state in
            ((), state.machine.release(resource, amount: amount, of: client).map { ($0, .success(())) })
        }
    }

    /// Changes the state, and resumes the waiters that are decided by it and the observers that it satisfies.
    @discardableResult
    private func update<Value>(
        _ change: (inout State) -> (value: Value, decided: [(Machine.Ticket, Decision)])
    ) -> Value {
        let (value, waiters, observers) = state.withLock { state in
            let (value, decided) = change(&state)
            let waiters = decided.compactMap { ticket, decision in
                state.decide(ticket, decision).map { ($0, decision) }
            }
            let machine = state.machine
            let met = state.observers.filter { $0.isMet(machine) }
            if !met.isEmpty { state.observers.removeAll { $0.isMet(machine) } }
            return (value, waiters, met)
        }
        for (continuation, decision) in waiters { continuation.resume(returning: decision) }
        for observer in observers { observer.continuation.resume() }
        return value
    }
}

extension Budget.State {
    /// Notes the decision on a claim. Returns the continuation that waits for it.
    fileprivate mutating func decide(
        _ ticket: Budget.Machine.Ticket, _ decision: Budget.Decision
    ) -> CheckedContinuation<Budget.Decision, Never>? {
        switch waiters[ticket] {
        case .suspended(let continuation):
            waiters[ticket] = nil
            return continuation
        case .pending: waiters[ticket] = .decided(decision)
        case .decided, nil: break
        }
        return nil
    }
}

/// An amount of a resource in use; it is given back when the permit is released.
final class BudgetPermit: Sendable {
    private let budget: Budget
    private let resource: BudgetResource
    private let client: BudgetClient
    private let amount: Mutex<Int>

    fileprivate init(_ budget: Budget, _ resource: BudgetResource, _ amount: Int, _ client: BudgetClient) {
        self.budget = budget
        self.resource = resource
        self.client = client
        self.amount = Mutex(amount)
    }

    /// Takes more of the resource. Throws as `Budget.take` does.
    func add(_ more: Int, until deadline: Budget.Instant) async throws {
        try await budget.claim(resource, more, client, until: deadline)
        amount.withLock { $0 += more }
    }

    /// Takes more of the resource, and holds nothing while it waits, so that those that wait do not block one another.
    /// Throws as `Budget.take` does; after a wait it holds nothing then. For one task at a time.
    func enlarge(by more: Int, until deadline: Budget.Instant) async throws {
        let held = amount.withLock { $0 }
        try await budget.enlarge(resource, from: held, by: more, client, until: deadline) { amount.withLock { $0 = 0 } }
        amount.withLock { $0 = held + more }
    }

    /// Takes more of the resource if it is free.
    func addIfFree(_ more: Int) throws(BudgetRefusal) {
        try budget.claimIfFree(resource, more, client)
        amount.withLock { $0 += more }
    }

    /// Gives a part back.
    func giveBack(_ part: Int) {
        amount.withLock { $0 -= part }
        budget.release(resource, part, client)
    }

    deinit { budget.release(resource, amount.withLock { $0 }, client) }
}
