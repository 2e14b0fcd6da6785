// `make sanitize` runs this first: Thread Sanitizer must not report `locked` and must report `racing`.
import Dispatch
import Synchronization

final class Shared: Sendable {
    let locked = Mutex(0)
    // Proof: none; the race is the purpose.
    nonisolated(unsafe) var racing = 0
}

let shared = Shared()
let isRacing = CommandLine.arguments.contains("racing")
DispatchQueue.concurrentPerform(iterations: 8) { _ in
    for step in 0..<100_000 {
        if isRacing { shared.racing &+= step } else { shared.locked.withLock { $0 &+= step } }
    }
}
