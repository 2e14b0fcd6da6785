import Testing

@testable import GigaSTTServer

@Suite struct TurnsTests {
    /// Three tasks begin to wait in any order, one of them before an earlier one ends or after it.
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func tasksGoInTheOrderOfTheirTurnsWhateverTheOrderOfTheirWaits(_ waits: [Int]) {
        for waitCount in 0...3 {
            var turns = Turns<String>()
            let taken = (0..<3).map { _ in turns.take() }
            #expect(taken == [0, 1, 2])
            var running: [String] = []
            func wait(_ turn: Int) { if !turns.wait(for: turn, "\(turn)") { running.append("\(turn)") } }
            for turn in waits.prefix(waitCount) { wait(turn) }
            var order: [String] = []
            // What runs ends at once; then the others begin to wait.
            func endAll() {
                while let first = running.first {
                    running.removeFirst()
                    order.append(first)
                    if let next = turns.end() { running.append(next) }
                }
            }
            endAll()
            for turn in waits.dropFirst(waitCount) {
                wait(turn)
                endAll()
            }
            #expect(order == ["0", "1", "2"], "\(waits) \(waitCount)")
        }
    }

    @Test func aTurnTakenAfterAllHaveEndedHasCome() {
        var turns = Turns<String>()
        let first = turns.take()
        let waiter = turns.end()
        let second = turns.take()
        let isWaiting = turns.wait(for: second, "second")
        #expect((first, second) == (0, 1) && waiter == nil && !isWaiting)
    }
}
