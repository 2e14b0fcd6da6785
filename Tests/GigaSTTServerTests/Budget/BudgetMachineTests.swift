import Testing

@testable import GigaSTTServer

/// Decisions of the budget, by hand: claims of clients against small limits.
@Suite struct BudgetMachineTests {
    private typealias Machine = BudgetMachine<String>

    private static func limits(total: Int, perClient: Int = 0, waiting: Int = 8) -> BudgetLimits {
        var limits = BudgetLimits()
        limits.recordings = .init(total: total, perClient: perClient)
        limits.bytes = .init(total: total, perClient: perClient)
        limits.waiting = waiting
        return limits
    }

    /// Claims one place for each client in turn; the outcomes as letters: granted, waiting, refused.
    private static func outcomes(_ clients: String, _ limits: BudgetLimits) -> String {
        var machine = Machine(limits)
        return clients.map { client in
            switch machine.claim(.recordings, for: String(client)) {
            case .granted: "g"
            case .waiting: "w"
            case .refused(.full): "r"
            case .refused: "?"
            }
        }.joined()
    }

    @Test(arguments: [
        // clients, total, per client, waiting → outcome of each claim
        ("aaa", 3, 0, 8, "ggg"), ("aaaa", 3, 0, 8, "gggw"), ("aaaaaa", 3, 0, 2, "gggwwr"),
        ("aab", 3, 1, 8, "gwg"), ("aabb", 3, 1, 8, "gwgw"), ("abc", 2, 1, 8, "ggw"), ("aaaa", 0, 0, 8, "gggg"),
        ("aaba", 0, 1, 8, "gwgw"), ("ab", 1, 0, 1, "gw"), ("abc", 1, 0, 1, "gwr"),
    ])
    func claimsAreGrantedUpToTheLimits(
        clients: String, total: Int, perClient: Int, waiting: Int, expected: String
    ) {
        #expect(Self.outcomes(clients, Self.limits(total: total, perClient: perClient, waiting: waiting)) == expected)
    }

    private func ticket(_ outcome: Machine.Outcome) throws -> Machine.Ticket {
        guard case .waiting(let ticket) = outcome else { throw Unexpected() }
        return ticket
    }
    private struct Unexpected: Error {}

    @Test func waitingClaimsAreGrantedInOrder() throws {
        var machine = Machine(Self.limits(total: 1))
        #expect(machine.claim(.recordings, for: "a") == .granted)
        let second = try ticket(machine.claim(.recordings, for: "b"))
        let third = try ticket(machine.claim(.recordings, for: "a"))
        #expect(machine.usage(of: .recordings).waiting == 2)
        #expect(machine.release(.recordings, of: "a") == [second])
        #expect(machine.release(.recordings, of: "b") == [third])
        #expect(machine.release(.recordings, of: "a") == [])
        #expect(machine.usage(of: .recordings).used == 0)
    }

    @Test func clientAtItsLimitLetsOthersPass() throws {
        var machine = Machine(Self.limits(total: 2, perClient: 1))
        #expect(machine.claim(.recordings, for: "a") == .granted)
        let second = try ticket(machine.claim(.recordings, for: "a"))
        #expect(machine.claim(.recordings, for: "b") == .granted)
        let third = try ticket(machine.claim(.recordings, for: "c"))
        #expect(machine.release(.recordings, of: "b") == [third])
        #expect(machine.release(.recordings, of: "a") == [second])
    }

    @Test func largeClaimIsNotOvertaken() throws {
        var machine = Machine(Self.limits(total: 10))
        #expect(machine.claim(.bytes, amount: 8, for: "a") == .granted)
        let large = try ticket(machine.claim(.bytes, amount: 5, for: "b"))
        // It would fit beside the first.
        let small = try ticket(machine.claim(.bytes, amount: 1, for: "c"))
        #expect(machine.release(.bytes, amount: 4, of: "a") == [large, small])
        #expect(machine.usage(of: .bytes).used == 10)
    }

    /// A step is a client that asks for a place; a capital has one and asks for another, a digit gives so many back.
    private static func enlarged(_ steps: [String], _ limits: BudgetLimits) throws -> [String] {
        var machine = Machine(limits)
        var names: [Machine.Ticket: String] = [:]
        return steps.map { step in
            let client = step.lowercased()
            var granted: [Machine.Ticket] = []
            var outcome: Machine.Outcome?
            if let count = step.first?.wholeNumberValue {
                granted = machine.release(.recordings, amount: count, of: String(client.dropFirst()))
            } else if step == client {
                outcome = machine.claim(.recordings, for: client)
            } else {
                (outcome, granted) = machine.enlarge(.recordings, from: 1, by: 1, for: client)
            }
            if case .waiting(let ticket)? = outcome { names[ticket] = step }
            let letter =
                switch outcome {
                case .granted: "g"
                case .waiting: "w"
                case .refused: "r"
                case nil: ""
                }
            return ([letter] + granted.map { names[$0] ?? "?" }).joined(separator: "")
        }
    }

    @Test(
        arguments: [
            // steps, total, per client, waiting → the outcome of each step and the claims that it grants
            (["a", "A"], 2, 0, 8, ["g", "g"]),
            // Each has one of the places, and asks for another.
            (["a", "b", "A", "B", "2a", "2b"], 2, 0, 8, ["g", "g", "w", "wA", "B", ""]),
            (
                ["a", "b", "c", "A", "B", "C", "2a", "2b", "2c"], 3, 0, 8,
                ["g", "g", "g", "w", "wA", "w", "B", "C", ""]
            ),
            // What it gives back is not for those behind it.
            (["a", "b", "A", "c", "B", "2a"], 2, 0, 8, ["g", "g", "w", "w", "wA", "c"]),
            // It does not overtake, and what it gives back is for those before it.
            (["a", "b", "c", "A", "B", "1c"], 2, 0, 8, ["g", "g", "w", "wc", "w", "A"]),
            // No limit has room for two: it keeps the one.
            (["a", "A", "b"], 1, 0, 8, ["g", "r", "w"]), (["a", "A", "b"], 0, 1, 8, ["g", "r", "g"]),
            // No more may wait: it keeps the one.
            (["a", "b", "c", "A"], 2, 0, 1, ["g", "g", "w", "r"]),
        ] as [([String], Int, Int, Int, [String])])
    func moreIsGrantedAsAWhole(
        steps: [String], total: Int, perClient: Int, waiting: Int, expected: [String]
    ) throws {
        let limits = Self.limits(total: total, perClient: perClient, waiting: waiting)
        #expect(try Self.enlarged(steps, limits) == expected)
    }

    @Test func claimBeyondALimitIsGrantedAlone() throws {
        var machine = Machine(Self.limits(total: 10, perClient: 5))
        #expect(machine.claim(.bytes, amount: 20, for: "a") == .granted)
        let next = try ticket(machine.claim(.bytes, amount: 1, for: "b"))
        #expect(machine.release(.bytes, amount: 20, of: "a") == [next])
    }

    @Test func withdrawnClaimLetsTheNextPassAndIsNotGrantedLater() throws {
        var machine = Machine(Self.limits(total: 10))
        #expect(machine.claim(.bytes, amount: 8, for: "a") == .granted)
        let large = try ticket(machine.claim(.bytes, amount: 5, for: "b"))
        let small = try ticket(machine.claim(.bytes, amount: 1, for: "c"))
        #expect(machine.withdraw(large, of: .bytes, isTimeout: false) == [small])
        #expect(machine.withdraw(large, of: .bytes, isTimeout: false) == nil)
        #expect(machine.withdraw(small, of: .bytes, isTimeout: true) == nil)
        #expect(machine.usage(of: .bytes).refused == 0)
    }

    @Test func closingRefusesWhatWaitsAndGrantsWhatIsFree() throws {
        var machine = Machine(Self.limits(total: 1))
        #expect(machine.claim(.recordings, for: "a") == .granted)
        let second = try ticket(machine.claim(.recordings, for: "b"))
        #expect(machine.close() == [second])
        #expect(machine.claim(.recordings, for: "c") == .refused(.closed))
        #expect(machine.usage(of: .recordings).wouldRefuse && machine.usage(of: .recordings).refused == 2)
        // A recording that was received when the shutdown began.
        #expect(machine.release(.recordings, of: "a") == [])
        #expect(machine.claim(.recordings, for: "c") == .granted)
    }

    @Test func higherLimitsGrantAndLowerOnesTakeNothingBack() throws {
        var machine = Machine(Self.limits(total: 1))
        #expect(machine.claim(.recordings, for: "a") == .granted)
        let second = try ticket(machine.claim(.recordings, for: "b"))
        let third = try ticket(machine.claim(.recordings, for: "b"))
        #expect(machine.replace(Self.limits(total: 2)) == [second])
        #expect(machine.replace(Self.limits(total: 1)) == [])
        #expect(machine.usage(of: .recordings).used == 2)
        #expect(machine.release(.recordings, of: "a") == [])
        #expect(machine.release(.recordings, of: "b") == [third])
    }

    /// What `/ready` says: true exactly while a new claim is refused at once, or those before it time out.
    @Test func refusalIsForeseen() throws {
        var machine = Machine(Self.limits(total: 1, waiting: 2))
        func wouldRefuse() -> Bool { machine.usage(of: .recordings).wouldRefuse }
        #expect(machine.claim(.recordings, for: "a") == .granted)
        #expect(!wouldRefuse())
        let second = try ticket(machine.claim(.recordings, for: "a"))
        #expect(!wouldRefuse())
        let third = try ticket(machine.claim(.recordings, for: "a"))
        #expect(wouldRefuse() && machine.claim(.recordings, for: "a") == .refused(.full))
        #expect(machine.withdraw(second, of: .recordings, isTimeout: true) == [])
        #expect(wouldRefuse())
        #expect(machine.release(.recordings, of: "a") == [third])
        #expect(!wouldRefuse())
    }

    @Test func refusalsOfAClientAtItsOwnLimitForeseeNothing() throws {
        var machine = Machine(Self.limits(total: 3, perClient: 1, waiting: 2))
        #expect(machine.claim(.recordings, for: "a") == .granted)
        let second = try ticket(machine.claim(.recordings, for: "a"))
        #expect(machine.withdraw(second, of: .recordings, isTimeout: true) == [])
        #expect(machine.claim(.recordings, for: "b") == .granted && machine.claim(.recordings, for: "c") == .granted)
        #expect(!machine.usage(of: .recordings).wouldRefuse)
        _ = try (ticket(machine.claim(.recordings, for: "a")), ticket(machine.claim(.recordings, for: "a")))
        #expect(machine.usage(of: .recordings).wouldRefuse && machine.claim(.recordings, for: "d") == .refused(.full))
        // Those that wait do so for their own limit: others pass.
        #expect(machine.release(.recordings, of: "b") == [])
        #expect(!machine.usage(of: .recordings).wouldRefuse && machine.claim(.recordings, for: "d") == .granted)
    }

    @Test func claimThatMayNotWaitIsRefused() {
        var machine = Machine(Self.limits(total: 1))
        #expect(machine.claim(.recordings, for: "a", mayWait: false) == .granted)
        #expect(machine.claim(.recordings, for: "a", mayWait: false) == .refused(.full))
        #expect(machine.usage(of: .recordings).waiting == 0)
    }
}
