import Testing

@testable import STTInference

@Suite struct KeyQueueTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let removed: [Int]
        let left: [Int]
        var testDescription: String { "1…4 without \(removed)" }
    }

    private static func filled(_ keys: some Sequence<Int>) -> KeyQueue<Int> {
        var queue = KeyQueue<Int>()
        for key in keys { queue.append(key) }
        return queue
    }

    private static func emptied(_ queue: KeyQueue<Int>) -> [Int] {
        var queue = queue
        return Array(
            sequence(state: ()) { _ in
                queue.first.map { key in
                    queue.remove(key)
                    return key
                }
            })
    }

    @Test(arguments: [
        Case(removed: [], left: [1, 2, 3, 4]), Case(removed: [1], left: [2, 3, 4]),
        Case(removed: [4], left: [1, 2, 3]),
        Case(removed: [2], left: [1, 3, 4]), Case(removed: [2, 3], left: [1, 4]), Case(removed: [3, 2, 4], left: [1]),
        Case(removed: [1, 2, 3, 4], left: []),
    ])
    func anyKeyLeavesAndTheOthersKeepTheirOrder(_ example: Case) {
        var queue = Self.filled(1...4)
        let known = example.removed.map { queue.remove($0) }
        #expect(known.allSatisfy { $0 })
        #expect(queue.keys == example.left)
        #expect(queue.isEmpty == example.left.isEmpty)
        #expect(Self.emptied(queue) == example.left)
    }

    @Test func aKeyThatIsThereKeepsItsPlace() {
        #expect(Self.emptied(Self.filled([1, 2, 1, 3])) == [1, 2, 3])
    }

    @Test func aKeyThatLeftComesBackAtTheEnd() {
        var queue = Self.filled(1...3)
        queue.remove(1)
        queue.append(1)
        #expect(Self.emptied(queue) == [2, 3, 1])
    }

    @Test func aKeyThatIsNotThereIsNotRemoved() {
        var queue = Self.filled(1...3)
        let known = queue.remove(4)
        #expect(!known)
        #expect(Self.emptied(queue) == [1, 2, 3])
    }
}
