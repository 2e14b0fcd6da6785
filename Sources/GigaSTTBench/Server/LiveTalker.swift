import Foundation
import GigaSTT
import LiveBenchmark
import NIOCore

/// One person on a live session: speaks in real time and notes what comes back.
struct LiveTalker: Sendable {
    /// What a session was told, and when.
    struct Transcript: Sendable {
        var log: SessionLog
        var finals: [String] = []
        var finalCount = 0
        var closeCode: Int?
        /// Code of the first error message.
        var error: String?
        /// The finals joined.
        var text: String { finals.joined(separator: " ") }
    }

    let voice: Voice

    /// Speaks to the end and stops, or until the server ends the session; `onText` is called at the first text.
    func run(
        _ server: ServedProgram, after delay: Duration, onText: @Sendable () -> Void = {}
    ) async throws -> Transcript {
        try await ContinuousClock().sleep(for: delay)
        let connection = try await WireConnection.live(server)
        let start = ContinuousClock.now
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await speak(connection, from: start) }
            var transcript = Transcript(log: SessionLog(talk: voice.talk, start: start))
            transcript.log.add(.speechStarted(at: 0), at: start)
            while let arrival = await connection.next() {
                if try take(arrival, into: &transcript) { onText() }
            }
            group.cancelAll()
            return transcript
        }
    }

    private func speak(_ connection: WireConnection, from start: ContinuousClock.Instant) async throws {
        for (index, frame) in voice.frames.enumerated() {
            // A block can be sent when its last sample has been spoken.
            try await ContinuousClock().sleep(until: start + Talk.blockDuration * (index + 1))
            connection.send(frame)
        }
        connection.send(WireFrame.text(#"{"type":"stop"}"#))
    }

    private struct Message: Decodable {
        struct Spoken: Decodable {
            let word: String
            let start: Double
            let end: Double
        }
        let type: String
        let code: String?
        let text: String?
        let words: [Spoken]?
        let endpoint_reason: String?
    }

    /// Notes an arrival; returns whether it was the text of a partial.
    private func take(_ arrival: WireConnection.Arrival, into transcript: inout Transcript) throws -> Bool {
        if case .close(let code) = arrival.content { transcript.closeCode = code }
        guard case .text(let bytes) = arrival.content else { return false }
        let message = try JSONDecoder().decode(Message.self, from: Data(bytes.readableBytesView))
        let words = (message.words ?? []).map { Word(text: $0.word, start: $0.start, end: $0.end, confidence: 1) }
        switch message.type {
        case "partial":
            transcript.log.add(.partial(Partial(words: words, stableWordCount: 0)), at: arrival.time)
            return !words.isEmpty
        case "final":
            transcript.finalCount += 1
            if let text = message.text, !text.isEmpty { transcript.finals.append(text) }
            if let last = words.last, message.endpoint_reason != "stop" {
                // The wire does not say where the utterance ended: half a second after its last word.
                let segment = Segment(words: words, start: 0, end: last.end + 0.5, endpoint: .silence)
                transcript.log.add(.final(segment), at: arrival.time)
            }
            transcript.log.add(.speechStarted(at: 0), at: arrival.time)
        case "error": transcript.error = transcript.error ?? message.code
        default: break
        }
        return false
    }
}
