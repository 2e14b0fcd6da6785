// What `make sanitize` runs first: `locked` must be found clean and `racing` must be found guilty, else Thread
// Sanitizer sees too much or nothing at all.
import Dispatch
import Synchronization

final class Shared: @unchecked Sendable {
    let locked = Mutex(0)
    var racing = 0
}

let shared = Shared()
let isRacing = CommandLine.arguments.contains("racing")
DispatchQueue.concurrentPerform(iterations: 8) { _ in
    for step in 0..<100_000 {
        if isRacing { shared.racing &+= step } else { shared.locked.withLock { $0 &+= step } }
    }
}
