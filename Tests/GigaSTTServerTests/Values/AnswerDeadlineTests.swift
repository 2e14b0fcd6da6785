import Testing

@testable import GigaSTTServer

@Suite struct AnswerDeadlineTests {
    struct Message: Sendable {
        let audio: Double
        /// Seconds since the message before.
        let gap: Double
        /// How many seconds its answer may wait; `nil`: not at all.
        let wait: Double?
    }

    struct Client: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let messages: [Message]
    }

    private static func messages(_ count: Int, audio: Double, gap: Double, wait: Double?) -> [Message] {
        Array(repeating: Message(audio: audio, gap: gap, wait: wait), count: count)
    }

    static let clients = [
        Client(testDescription: "in real time", messages: messages(100, audio: 0.1, gap: 0.1, wait: 0.09)),
        Client(testDescription: "in real time, long messages", messages: messages(20, audio: 2, gap: 2, wait: 0.2)),
        Client(testDescription: "telephony", messages: messages(500, audio: 0.02, gap: 0.02, wait: 0.018)),
        // The lead before each message is 0, 0.38, 0.76 and 1.14 s.
        Client(
            testDescription: "a file as fast as it can",
            messages: messages(3, audio: 0.4, gap: 0, wait: 0.2) + messages(50, audio: 0.4, gap: 0, wait: nil)),
        // The lead before the second message is 3.769 s, and each message takes 0.05 s of it: above 1 s for 56 messages.
        Client(
            testDescription: "a burst, then in real time",
            messages: messages(1, audio: 5.02, gap: 0, wait: 0.2) + messages(56, audio: 1, gap: 1, wait: nil)
                + messages(20, audio: 1, gap: 1, wait: 0.2)),
        Client(
            testDescription: "after a pause a client is not ahead any more",
            messages: messages(1, audio: 5, gap: 0, wait: 0.2) + messages(1, audio: 1, gap: 0.1, wait: nil)
                + messages(1, audio: 0.1, gap: 9, wait: 0.09)),
        Client(testDescription: "no audio", messages: messages(3, audio: 0, gap: 0, wait: 0)),
    ]

    private let start = ContinuousClock.now

    @Test(arguments: clients) func waitIsBoundedByTheAudioAndTheLead(_ client: Client) throws {
        var answers = AnswerDeadline()
        var time = 0.0
        for (index, message) in client.messages.enumerated() {
            time += message.gap
            let arrival = start + .seconds(time)
            let deadline = answers.deadline(audio: message.audio, at: arrival)
            let wait = deadline.map { arrival.duration(to: $0) / .seconds(1) }
            #expect((wait == nil) == (message.wait == nil), "message \(index)")
            if let wait, let expected = message.wait { #expect(abs(wait - expected) < 1e-6, "message \(index)") }
        }
    }

    /// How many of the next messages in real time are answered without a wait.
    private func pause(_ answers: inout AnswerDeadline, _ second: inout Int) -> Int {
        for count in 0..<1_000 {
            second += 1
            if answers.deadline(audio: 1, at: start + .seconds(second)) != nil { return count }
        }
        return 1_000
    }

    @Test func textThatIsLateAgainAndAgainIsAwaitedLessOften() {
        var (answers, second) = (AnswerDeadline(), 0)
        var pauses = [pause(&answers, &second)]
        for _ in 0..<8 {
            answers.waited(isInTime: false)
            pauses.append(pause(&answers, &second))
        }
        #expect(pauses == [0, 1, 2, 4, 8, 16, 32, 32, 32])
        answers.waited(isInTime: true)
        #expect(pause(&answers, &second) == 0)
        answers.waited(isInTime: false)
        #expect(pause(&answers, &second) == 1)
    }
}
