/// Admission to the resources of a server as a pure machine: claims and releases in, grants and refusals out.
///
/// Each resource has a limit in total and for each client. A claim that does not fit waits; waiting claims are granted
/// in the order of arrival, except that one whose own client is at its limit lets the others pass. It knows no clock:
/// the driver withdraws a claim whose time is over.
struct BudgetMachine<Client: Hashable & Sendable>: Sendable {
    /// Identifies a claim that waits.
    struct Ticket: Sendable, Hashable { fileprivate let number: UInt64 }

    /// The outcome of a claim.
    enum Outcome: Sendable, Hashable {
        case granted
        case waiting(Ticket)
        case refused(BudgetRefusal)
    }

    private struct Claim: Sendable {
        let ticket: Ticket
        let amount: Int
        let client: Client
    }

    private struct Account: Sendable {
        var used = 0
        var usedByClient: [Client: Int] = [:]
        var waiting: [Claim] = []
        var refusalCount = 0
        /// Whether a claim timed out since the last grant.
        var isTimingOut = false
    }

    private(set) var limits: BudgetLimits
    private(set) var isClosed = false
    private var accounts: [BudgetResource: Account] = [:]
    private var lastTicket: UInt64 = 0

    init(_ limits: BudgetLimits) { self.limits = limits }

    private subscript(resource: BudgetResource) -> Account {
        get { accounts[resource] ?? Account() }
        set { accounts[resource] = newValue }
    }

    /// What is used of a resource, and what waits for it.
    func usage(of resource: BudgetResource) -> BudgetUsage {
        let account = self[resource]
        return BudgetUsage(
            used: account.used, waiting: account.waiting.count, limit: limits[resource].total,
            refused: account.refusalCount, wouldRefuse: wouldRefuse(resource))
    }

    /// Whether the claim of a new client would be refused: at once, or, as the one before, when its time is over.
    private func wouldRefuse(_ resource: BudgetResource) -> Bool {
        let account = self[resource]
        let isOvertaking = account.waiting.contains { fitsClient($0, resource, account) }
        if !isOvertaking, Self.fits(1, account.used, limits[resource].total) { return false }
        return isClosed || account.waiting.count >= limits.waiting || account.isTimingOut
    }

    /// Asks for an amount. With `mayWait` false, a claim that does not fit is refused.
    mutating func claim(
        _ resource: BudgetResource, amount: Int = 1, for client: Client, mayWait: Bool = true
    ) -> Outcome {
        lastTicket += 1
        let claim = Claim(ticket: Ticket(number: lastTicket), amount: max(0, amount), client: client)
        let account = self[resource]
        let isOvertaking = account.waiting.contains { fitsClient($0, resource, account) }
        if !isOvertaking, fits(claim, resource, account) {
            grant(claim, of: resource)
            return .granted
        }
        guard mayWait, !isClosed, account.waiting.count < limits.waiting else {
            self[resource].refusalCount += 1
            return .refused(isClosed ? .closed : .full)
        }
        self[resource].waiting.append(claim)
        return .waiting(claim.ticket)
    }

    /// Asks for more of what a client holds. A claim that does not fit gives all of that back and waits for the sum, behind
    /// those that wait: clients that held a part each would block one another. One that fits no limit is refused, and nothing
    /// is given back.
    ///
    /// Returns the waiting claims that are granted by it, too.
    mutating func enlarge(
        _ resource: BudgetResource, from held: Int, by more: Int, for client: Client
    ) -> (outcome: Outcome, granted: [Ticket]) {
        let account = self[resource]
        let addition = Claim(ticket: Ticket(number: lastTicket), amount: more, client: client)
        let isOvertaking = account.waiting.contains { fitsClient($0, resource, account) }
        if !isOvertaking, fits(addition, resource, account) {
            grant(addition, of: resource)
            return (.granted, [])
        }
        let limits = [limits[resource].total, limits[resource].perClient]
        guard limits.allSatisfy({ $0 == 0 || held + more <= $0 }) else {
            self[resource].refusalCount += 1
            return (.refused(isClosed ? .closed : .full), [])
        }
        let outcome = claim(resource, amount: held + more, for: client)
        if case .refused = outcome { return (outcome, []) }
        return (outcome, release(resource, amount: held, of: client))
    }

    /// Gives an amount back. Returns the waiting claims that are granted by it.
    mutating func release(_ resource: BudgetResource, amount: Int = 1, of client: Client) -> [Ticket] {
        self[resource].used -= amount
        let rest = self[resource].usedByClient[client, default: 0] - amount
        self[resource].usedByClient[client] = rest > 0 ? rest : nil
        return grantWaiting(of: resource)
    }

    /// Takes a waiting claim back, because its time is over or its client has left.
    ///
    /// Returns the claims that are granted by it; `nil` when the claim does not wait any more.
    mutating func withdraw(_ ticket: Ticket, of resource: BudgetResource, isTimeout: Bool) -> [Ticket]? {
        guard let index = self[resource].waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        let claim = self[resource].waiting.remove(at: index)
        if isTimeout {
            self[resource].refusalCount += 1
            // A client at its own limit says nothing about the others.
            if fitsClient(claim, resource, self[resource]) { self[resource].isTimingOut = true }
        }
        return grantWaiting(of: resource)
    }

    /// Lets nothing wait any more. Returns the claims that are refused by it.
    mutating func close() -> [Ticket] {
        isClosed = true
        return BudgetResource.allCases.flatMap { resource in
            let tickets = self[resource].waiting.map(\.ticket)
            self[resource].waiting = []
            self[resource].refusalCount += tickets.count
            return tickets
        }
    }

    /// Replaces the limits; what is used beyond them stays until it is given back. Returns the claims that are granted.
    mutating func replace(_ limits: BudgetLimits) -> [Ticket] {
        self.limits = limits
        return BudgetResource.allCases.flatMap { grantWaiting(of: $0) }
    }

    private mutating func grantWaiting(of resource: BudgetResource) -> [Ticket] {
        var granted: [Ticket] = []
        var index = 0
        while index < self[resource].waiting.count {
            let claim = self[resource].waiting[index]
            if fits(claim, resource, self[resource]) {
                self[resource].waiting.remove(at: index)
                grant(claim, of: resource)
                granted.append(claim.ticket)
            } else if fitsClient(claim, resource, self[resource]) {
                // The total is used up: later claims must not overtake.
                break
            } else {
                index += 1
            }
        }
        return granted
    }

    private mutating func grant(_ claim: Claim, of resource: BudgetResource) {
        self[resource].used += claim.amount
        self[resource].usedByClient[claim.client, default: 0] += claim.amount
        self[resource].isTimingOut = false
    }

    private func fits(_ claim: Claim, _ resource: BudgetResource, _ account: Account) -> Bool {
        fitsClient(claim, resource, account) && Self.fits(claim.amount, account.used, limits[resource].total)
    }

    private func fitsClient(_ claim: Claim, _ resource: BudgetResource, _ account: Account) -> Bool {
        Self.fits(claim.amount, account.usedByClient[claim.client, default: 0], limits[resource].perClient)
    }

    /// A claim larger than a limit fits when nothing else is used, so that no reload can make it wait for ever.
    private static func fits(_ amount: Int, _ used: Int, _ limit: Int) -> Bool {
        limit == 0 || used == 0 || amount <= limit - used
    }
}
