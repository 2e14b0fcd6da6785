/// The order of tasks that do the same thing one after the other: each takes a turn, waits for it and ends it.
struct Turns<Waiter> {
    /// The turn that has come.
    private(set) var current = 0
    private var next = 0
    private var waiting: [Int: Waiter] = [:]

    /// The turn behind all that were taken.
    mutating func take() -> Int {
        defer { next += 1 }
        return next
    }

    /// Keeps the waiter until the turn comes. Returns `false`, and keeps nothing, when it has come.
    mutating func wait(for turn: Int, _ waiter: Waiter) -> Bool {
        if turn == current { return false }
        waiting[turn] = waiter
        return true
    }

    /// Ends the turn that has come. Returns the waiter of the next one; `nil` where none waits yet.
    mutating func end() -> Waiter? {
        current += 1
        return waiting.removeValue(forKey: current)
    }
}
