import Foundation
import GigaSTT

/// A number of sessions fed in real time, each by its own talk, and what was seen of them.
struct LiveLoad {
    let recognizer: Recognizer
    let clips: [[Float]]
    let sessionCount: Int
    let seconds: Int

    /// One row of the table of `gigastt-bench live`.
    func row() async throws -> [String] {
        let (start, processor) = (ContinuousClock.now, ProcessMemory.processorSeconds)
        let sessions = try await observe()
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let load = 100 * (ProcessMemory.processorSeconds - processor) / elapsed
        func times(_ part: (SessionLog) -> [Double]) -> [String] {
            let values = sessions.flatMap(part)
            return [values.median, values.percentile(0.95)].map { String(format: "%.0f", $0 * 1_000) }
        }
        let shown = sessions.reduce(0) { $0 + $1.shownWords }
        let revised = Double(100 * sessions.reduce(0) { $0 + $1.revisedWords }) / Double(max(1, shown))
        return ["\(sessionCount)"] + times(\.firstPartials) + times(\.partialLags) + times(\.finalDelays)
            + [
                "\(sessions.reduce(0) { $0 + $1.finals })", String(format: "%.1f", revised),
                String(format: "%.0f", load), String(format: "%.0f", ProcessMemory.peakMegabytes),
            ]
    }

    /// Runs all sessions to their ends.
    func observe() async throws -> [SessionLog] {
        try await withThrowingTaskGroup(of: SessionLog.self) { group in
            for index in 0..<sessionCount {
                // Sessions do not start together: people do not speak in chorus.
                let delay = Duration.milliseconds(index * 997 % 3_000)
                let talk = Talk(clips: clips, first: index, seconds: seconds)
                group.addTask { try await Self.session(recognizer, talk, delay) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func session(
        _ recognizer: Recognizer, _ talk: Talk, _ delay: Duration
    ) async throws -> SessionLog {
        try await ContinuousClock().sleep(for: delay)
        let stream = recognizer.liveStream()
        let start = ContinuousClock.now
        async let feeding: Void = feed(talk, to: stream, from: start)
        var log = SessionLog(talk: talk, start: start)
        for try await event in stream { log.add(event, at: .now) }
        try await feeding
        return log
    }

    private static func feed(_ talk: Talk, to stream: LiveStream, from start: ContinuousClock.Instant) async throws {
        for (index, block) in talk.blocks.enumerated() {
            // A block can be sent when its last sample has been spoken.
            try await ContinuousClock().sleep(until: start + Talk.blockDuration * (index + 1))
            try await stream.append(block)
        }
        try await stream.finish()
    }
}
