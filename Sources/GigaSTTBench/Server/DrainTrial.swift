import Foundation
import LiveBenchmark
import Synchronization

/// SIGTERM while all sessions are in the middle of an utterance.
struct DrainTrial: Sendable {
    /// What a shutdown may take by default, and a second for the process to go.
    private static let window = 11.0

    let server: ServedProgram
    let load: ServerLoad

    func run() async throws -> [Measure] {
        guard server.isOurs else {
            ServerBench.note("drain needs a server that this program has started; leave out --url")
            return []
        }
        let (voices, count) = (try load.voices(), OpenFileLimit.raise(for: load.drained))
        let (texts, text) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: LiveTalker.Transcript.self) { group in
            for index in 0..<count {
                let talker = LiveTalker(voice: voices[index % voices.count])
                group.addTask { [server] in
                    // Also a session that ends too early must not be waited for.
                    defer { text.yield(index) }
                    let start = Talk.start(of: index, within: .seconds(1))
                    return try await talker.run(server, after: start) { text.yield(index) }
                }
            }
            var speaking: Set<Int> = []
            for await index in texts where speaking.insert(index).inserted && speaking.count == count { break }
            let start = ContinuousClock.now
            server.terminate()
            let transcripts = try await group.reduce(into: [LiveTalker.Transcript]()) { $0.append($1) }
            let exit = await server.exitCode()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let whole = transcripts.count { $0.closeCode == 1_001 && !$0.finals.isEmpty }
            return [
                Measure(.drain, "sessions", Double(count)),
                Measure(.drain, "sessions with a final and close 1001", Double(whole), .exactly(Double(count))),
                Measure(.drain, "exit code", Double(exit), .exactly(0)),
                Measure(.drain, "SIGTERM → exit, s", seconds, .atMost(Self.window)),
            ]
        }
    }
}
