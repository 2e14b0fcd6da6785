// `make sanitize` runs this first: Thread Sanitizer must not report `locked` and must report `racing`.
import Dispatch
import Foundation
import Synchronization

final class Shared: Sendable {
    let locked = Mutex(0)
    // Proof: none; the race is the purpose.
    nonisolated(unsafe) var racing = 0
}

let shared = Shared()
let isRacing = CommandLine.arguments.contains("racing")

// Two threads that run at the same time: neither begins before both are there, and neither ends before both are done, so
// that nothing else orders what they do.
let arrived = Atomic(0)
let finished = Atomic(0)

/// Sleeps, because a loop without it pushes the accesses out of the history that Thread Sanitizer reports from.
func waitForBoth(_ count: borrowing Atomic<Int>) {
    while count.load(ordering: .relaxed) < 2 { usleep(1_000) }
}

let threads = (0..<2).map { _ in
    Thread {
        arrived.add(1, ordering: .relaxed)
        waitForBoth(arrived)
        for step in 0..<1_000 {
            if isRacing { shared.racing &+= step } else { shared.locked.withLock { $0 &+= step } }
        }
        finished.add(1, ordering: .relaxed)
        waitForBoth(finished)
    }
}
for thread in threads { thread.start() }
waitForBoth(finished)
