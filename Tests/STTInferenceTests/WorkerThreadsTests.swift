import Foundation
import STTInference
import TestSupport
import Testing

@Suite struct WorkerThreadsTests {
    @Test func workRunsOnNamedThreadsWithALargeStack() async throws {
        let queue = InferenceQueue()
        let (name, stackSize, isMain) = try await queue.run(.final, client: ClientID()) { _ in
            (Self.nameOfThisThread, Thread.current.stackSize, Thread.isMainThread)
        }
        #expect(name?.hasPrefix("inference-") == true)
        #expect(stackSize == 8 << 20)
        #expect(!isMain)
    }

    /// As the system knows it, which is what a profiler shows.
    private static var nameOfThisThread: String? {
        #if os(Linux)
            try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        #else
            Thread.current.name
        #endif
    }
}
