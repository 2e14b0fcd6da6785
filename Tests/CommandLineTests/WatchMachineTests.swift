import Testing

@testable import GigaSTTCommand

/// When a file of a watched folder is complete.
@Suite struct WatchMachineTests {
    private func file(_ path: String, _ size: Int64 = 1, _ modified: Int64 = 1) -> BatchSource {
        BatchSource(path: RawPath(path), size: size, modified: modified)
    }

    @Test(arguments: [(1, 2), (2, 3), (0, 2), (5, 6)])
    func aFileIsReadyAfterPollsWithoutAChange(settlePolls: Int, polls: Int) {
        var machine = WatchMachine(settlePolls: settlePolls)
        for _ in 1..<polls { #expect(machine.poll([file("a")]) == []) }
        #expect(machine.poll([file("a")]) == [file("a")])
        #expect(machine.poll([file("a")]) == [])
    }

    @Test func aChangeStartsTheWaitAgain() {
        var machine = WatchMachine(settlePolls: 2)
        for size in [1, 1, 2, 2] { #expect(machine.poll([file("a", Int64(size))]) == []) }
        #expect(machine.poll([file("a", 2)]) == [file("a", 2)])
        machine.end(file("a", 2))
        #expect(machine.poll([file("a", 2)]) == [])
        // A later time alone is a change as well.
        for _ in 0..<2 { #expect(machine.poll([file("a", 2, 9)]) == []) }
        #expect(machine.poll([file("a", 2, 9)]) == [file("a", 2, 9)])
    }

    @Test func aFileThatChangesInWorkIsTakenUpAgainAfterIt() {
        var machine = WatchMachine(settlePolls: 1)
        #expect(machine.poll([file("a")]) == [])
        #expect(machine.poll([file("a")]) == [file("a")])
        for _ in 0..<5 { #expect(machine.poll([file("a", 2)]) == []) }
        machine.end(file("a"))
        #expect(machine.poll([file("a", 2)]) == [file("a", 2)])
        machine.end(file("a", 2), hasChanged: true)
        #expect(machine.poll([file("a", 2)]) == [file("a", 2)])
    }

    @Test func whatVanishesIsForgotten() {
        var machine = WatchMachine(settlePolls: 1)
        #expect(machine.poll([file("a"), file("b")]) == [])
        #expect(machine.poll([file("b")]) == [file("b")])
        #expect(machine.fileCount == 1)
        // In work it is remembered until the end.
        #expect(machine.poll([]) == [])
        #expect(machine.fileCount == 1)
        machine.end(file("b"))
        #expect(machine.poll([]) == [])
        #expect(machine.fileCount == 0)
        // The same name again is a new file.
        #expect(machine.poll([file("b")]) == [])
        #expect(machine.poll([file("b")]) == [file("b")])
    }
}
