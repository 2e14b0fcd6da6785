import Testing

@testable import STTInference

@Suite struct FairLaneTests {
    private struct Piece: Identifiable, Equatable {
        let id: String
    }

    private let clients = ["a": ClientID(), "b": ClientID(), "c": ClientID()]

    struct Case: Sendable, CustomTestStringConvertible {
        let queued: [String]
        let removed: [String]
        let order: [String]
        var testDescription: String { "\(queued) without \(removed)" }
    }

    /// The first letter of a piece is its client.
    private func lane(_ pieces: [String]) throws -> FairLane<Piece> {
        var lane = FairLane<Piece>()
        for piece in pieces {
            lane.append(Piece(id: piece), client: try #require(clients[String(piece.prefix(1))]))
        }
        return lane
    }

    private func emptied(_ lane: FairLane<Piece>) -> [String] {
        var lane = lane
        return Array(sequence(state: ()) { _ in lane.popFirst()?.id })
    }

    @Test(arguments: [
        Case(queued: ["a1", "a2", "a3"], removed: [], order: ["a1", "a2", "a3"]),
        Case(queued: ["a1", "a2", "a3", "b1"], removed: [], order: ["a1", "b1", "a2", "a3"]),
        Case(queued: ["a1", "a2", "b1", "b2", "c1"], removed: [], order: ["a1", "b1", "c1", "a2", "b2"]),
        Case(queued: ["c1", "a1", "b1", "c2", "a2"], removed: [], order: ["c1", "a1", "b1", "c2", "a2"]),
        Case(queued: ["a1", "a2", "b1"], removed: ["a1"], order: ["a2", "b1"]),
        Case(queued: ["a1", "b1", "b2", "c1"], removed: ["b1", "b2"], order: ["a1", "c1"]),
        Case(queued: ["a1", "b1"], removed: ["a1", "b1"], order: []),
    ])
    func clientsTakeTurnsAndTheirWorkKeepsItsOrder(_ example: Case) throws {
        var lane = try lane(example.queued)
        let removed = example.removed.compactMap { lane.remove($0)?.id }
        #expect(removed == example.removed)
        #expect(lane.count == example.order.count)
        #expect(lane.all.map(\.id).sorted() == example.order.sorted())
        #expect(emptied(lane) == example.order)
    }

    @Test func aClientThatWasServedGoesToTheEndOfTheTurns() throws {
        var lane = try lane(["a1", "a2", "b1"])
        let first = lane.popFirst()
        #expect(first?.id == "a1")
        lane.append(Piece(id: "c1"), client: try #require(clients["c"]))
        // b waited longest; a was served, but before c came.
        #expect(emptied(lane) == ["b1", "a2", "c1"])
    }

    @Test func aClientWithoutWorkLosesItsTurn() throws {
        var lane = try lane(["a1", "b1", "b2"])
        _ = lane.remove("a1")
        lane.append(Piece(id: "a2"), client: try #require(clients["a"]))
        #expect(emptied(lane) == ["b1", "a2", "b2"])
    }

    /// Work that ends in X is of another kind, which does not join.
    @Test(arguments: [
        Case(queued: ["a1", "a2", "a3", "b1", "c1"], removed: ["a1", "b1", "c1"], order: ["a2", "a3"]),
        Case(queued: ["a1", "b1", "b2", "b3", "c1", "c2"], removed: ["a1", "b1", "c1"], order: ["b2", "c2", "b3"]),
        Case(queued: ["a1", "b1X", "b2", "c1", "c2"], removed: ["a1", "c1", "c2"], order: ["b1X", "b2"]),
        Case(queued: ["a1X", "a2", "b1X"], removed: [], order: ["a1X", "b1X", "a2"]),
        Case(queued: ["a1", "b1"], removed: ["a1", "b1"], order: []),
    ])
    func whatLeavesTogetherLeavesInTheOrderOfTheTurns(_ example: Case) throws {
        var lane = try lane(example.queued)
        #expect(lane.pop(3) { !$0.id.hasSuffix("X") }.map(\.id) == example.removed)
        #expect(emptied(lane) == example.order)
    }

    @Test func aBoundOfZeroTakesNothing() throws {
        var lane = try lane(["a1"])
        #expect(lane.pop(0) { _ in true }.isEmpty && lane.count == 1)
    }

    @Test func unknownWorkIsNotRemoved() throws {
        var lane = try lane(["a1"])
        let removed = lane.remove("a2")
        #expect(removed == nil)
        #expect(lane.count == 1)
    }
}
