import Foundation
package import GigaSTT

/// A number of sessions fed in real time, each by its own talk, and what was seen of them.
package struct LiveLoad: Sendable {
    private let recognizer: Recognizer
    private let clips: [[Float]]
    private let seconds: Int

    /// Sessions of `seconds` that speak `clips`.
    package init(recognizer: Recognizer, clips: [[Float]], seconds: Int) {
        self.recognizer = recognizer
        self.clips = clips
        self.seconds = seconds
    }

    /// Runs `count` sessions to their ends. Sessions that were not admitted are not among the logs.
    package func sessions(_ count: Int) async throws -> [SessionLog] {
        try await withThrowingTaskGroup(of: SessionLog?.self) { group in
            for index in 0..<count {
                // Sessions do not start together: people do not speak in chorus.
                let delay = Duration.milliseconds(index * 997 % 3_000)
                let talk = Talk(clips: clips, first: index, seconds: seconds)
                group.addTask { [recognizer] in try await Self.session(recognizer, talk, delay) }
            }
            return try await group.reduce(into: []) { if let log = $1 { $0.append(log) } }
        }
    }

    private static func session(
        _ recognizer: Recognizer, _ talk: Talk, _ delay: Duration
    ) async throws -> SessionLog? {
        try await ContinuousClock().sleep(for: delay)
        let stream: LiveStream
        do {
            stream = try recognizer.liveStream()
        } catch let error as GigaSTTError where error.code == .overloaded {
            return nil
        }
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
