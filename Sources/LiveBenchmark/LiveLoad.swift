import Foundation
package import GigaSTT
import Synchronization

/// A number of sessions fed in real time, each by its own talk, and what was seen of them.
package struct LiveLoad: Sendable {
    private let recognizer: Recognizer
    private let clips: [[Float]]
    private let seconds: Int
    /// The length of the blocks in which speech is sent.
    package var blockDuration = Talk.blockDuration
    /// Silence that ends an utterance.
    package var silence = Duration.milliseconds(500)

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
                let delay = Talk.start(of: index, within: .seconds(3))
                let talk = Talk(clips: clips, first: index, seconds: seconds, blockDuration: blockDuration)
                group.addTask { try await session(talk, delay) }
            }
            return try await group.reduce(into: []) { if let log = $1 { $0.append(log) } }
        }
    }

    private func session(_ talk: Talk, _ delay: Duration) async throws -> SessionLog? {
        try await ContinuousClock().sleep(for: delay)
        let decodes = PartialDecodes()
        var options = LiveOptions()
        options.endpointing.silence = silence
        let stream: LiveStream
        do {
            stream = try recognizer.liveStream(options: options) { decodes.note() }
        } catch let error as GigaSTTError where error.code == .overloaded {
            return nil
        }
        let start = ContinuousClock.now
        async let feeding: Void = Self.feed(talk, to: stream, from: start)
        var log = SessionLog(talk: talk, start: start, silence: silence / .seconds(1))
        for try await event in stream { log.add(event, at: .now) }
        try await feeding
        log.add(partialDecodes: decodes.times)
        return log
    }

    private static func feed(_ talk: Talk, to stream: LiveStream, from start: ContinuousClock.Instant) async throws {
        for (index, block) in talk.blocks.enumerated() {
            // A block can be sent when its last sample has been spoken.
            try await ContinuousClock().sleep(until: start + talk.blockDuration * (index + 1))
            try await stream.append(block)
        }
        try await stream.finish()
    }
}

/// When partials of one session were decoded.
private final class PartialDecodes: Sendable {
    private let noted = Mutex<[ContinuousClock.Instant]>([])

    var times: [ContinuousClock.Instant] { noted.withLock { $0 } }

    func note() { noted.withLock { $0.append(.now) } }
}
