import Foundation
import Synchronization

/// Starts programs one after the other, with pipes that no other program inherits: a pipe ends only when nobody holds it
/// any more.
enum PrivatePipe {
    private static let turn = Mutex(())

    /// Calls `body` with new pipes, to start a program with them.
    static func start(_ body: (_ input: Pipe, _ output: Pipe) throws -> Void) rethrows {
        try turn.withLock { _ in
            let (input, output) = (Pipe(), Pipe())
            for pipe in [input, output] {
                for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
                    _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
                }
            }
            try body(input, output)
        }
    }
}
