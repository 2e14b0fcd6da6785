import NIOCore
import Testing

@testable import GigaSTTServer

/// One session over several connections.
@Suite struct ResumeMachineTests {
    private typealias Instant = ContinuousClock.Instant

    enum Step: Sendable, CustomStringConvertible {
        case enable
        /// Bytes of audio, or a text, on a connection.
        case audio(Int, on: Int)
        case text(on: Int)
        case close(UInt16?, on: Int)
        /// A second of the test at which the connection is gone, and whether there is room for the session.
        case lose(Int, at: Int, hasRoom: Bool = true)
        case attach(after: Int)
        case expire(at: Int)
        case finish
        case send

        var description: String {
            switch self {
            case .enable: "enable"
            case .audio(let count, let number): "audio \(count) on \(number)"
            case .text(let number): "text on \(number)"
            case .close(let code, let number): "close \(code.map(String.init) ?? "-") on \(number)"
            case .lose(let number, let time, let hasRoom): "lose \(number) at \(time)\(hasRoom ? "" : " full")"
            case .attach(let number): "attach after \(number)"
            case .expire(let time): "expire at \(time)"
            case .finish: "finish"
            case .send: "send"
            }
        }
    }

    /// Steps and what each of them gives; the window has 60 seconds.
    static let scripts: [[(Step, String)]] = [
        // Without a wish the first connection is the session.
        [(.audio(4, on: 0), "deliver"), (.lose(0, at: 0), "over"), (.attach(after: 0), "unknown")],
        [(.send, "m"), (.close(1001, on: 0), "deliver"), (.finish, "over")],
        // Audio and texts count, also those that come before the wish; nothing of a replaced connection does.
        [
            (.audio(4, on: 0), "deliver"), (.text(on: 0), "deliver"), (.enable, ""), (.audio(3, on: 0), "deliver"),
            (.lose(0, at: 0), "suspended until 60"), (.attach(after: 0), "1: 7 bytes, 1 texts, 0 messages"),
            (.audio(9, on: 0), "discard"), (.audio(1, on: 1), "deliver"), (.lose(0, at: 1), "none"),
            (.attach(after: 0), "2: 8 bytes, 1 texts, 0 messages"),
        ],
        // What was on its way when the connection was lost has been received.
        [
            (.enable, ""), (.lose(0, at: 0), "suspended until 60"), (.audio(2, on: 0), "deliver"),
            (.attach(after: 0), "1: 2 bytes, 0 texts, 0 messages"),
        ],
        // The newer connection wins, whether or not the older one was lost.
        [(.enable, ""), (.attach(after: 0), "1: 0 bytes, 0 texts, 0 messages"), (.lose(0, at: 0), "none")],
        // Messages are numbered from the wish on, also while there is no connection.
        [
            (.send, "m"), (.enable, ""), (.send, "m1"), (.lose(0, at: 0), "suspended until 60"), (.send, "m2"),
            (.attach(after: 1), "1: 0 bytes, 0 texts, 1 messages"),
            (.attach(after: 0), "2: 0 bytes, 0 texts, 2 messages"),
        ],
        // The wait has an end, and each wait its own.
        [
            (.enable, ""), (.lose(0, at: 0), "suspended until 60"), (.expire(at: 59), "waits"),
            (.attach(after: 0), "1: 0 bytes, 0 texts, 0 messages"), (.lose(1, at: 50), "suspended until 110"),
            (.expire(at: 60), "waits"), (.expire(at: 110), "over"), (.attach(after: 0), "unknown"),
        ],
        [(.enable, ""), (.lose(0, at: 0, hasRoom: false), "over"), (.expire(at: 99), "waits")],
        // A client that ends on purpose does not come back; one that says that its network goes away does.
        [(.enable, ""), (.close(1000, on: 0), "deliver"), (.lose(0, at: 0), "over")],
        [(.enable, ""), (.close(nil, on: 0), "deliver"), (.finish, "over")],
        [
            (.enable, ""), (.close(1001, on: 0), "disconnect 1001"), (.lose(0, at: 0), "suspended until 60"),
            (.attach(after: 0), "1: 0 bytes, 0 texts, 0 messages"),
        ],
        // Behind the end only the messages are left.
        [
            (.enable, ""), (.send, "m1"), (.finish, "finished"), (.lose(0, at: 0), "none"), (.text(on: 0), "discard"),
            (.attach(after: 0), "1: 0 bytes, 0 texts, 1 messages, finished"),
            (.attach(after: 1), "2: 0 bytes, 0 texts, 0 messages, finished"), (.lose(2, at: 0), "none"),
        ],
        [(.enable, ""), (.lose(0, at: 0), "suspended until 60"), (.send, "m1"), (.finish, "finished")],
    ]

    private struct Reply: LiveReply {
        var message: LiveMessage { .text("m") }
        var failureCode: String? { nil }
        func message(numbered number: Int) -> LiveMessage { .text("m\(number)") }
    }

    @Test(arguments: scripts.indices) func connectionsFollowEachOther(index: Int) {
        let start = Instant.now
        var machine = ResumeMachine(window: .seconds(60))
        for (step, expected) in Self.scripts[index] {
            #expect(perform(step, &machine, start) == expected, "\(step)")
        }
    }

    private func perform(_ step: Step, _ machine: inout ResumeMachine, _ start: Instant) -> String {
        switch step {
        case .enable:
            machine.enable()
            return ""
        case .audio(let count, let number):
            return name(machine.take(.message(.binary(ByteBuffer(repeating: 0, count: count))), from: number))
        case .text(let number): return name(machine.take(.message(.text("")), from: number))
        case .close(let code, let number): return name(machine.take(.close(code: code), from: number))
        case .lose(let number, let time, let hasRoom):
            switch machine.disconnected(number, at: start + .seconds(time), mayWait: { hasRoom }) {
            case .none: return "none"
            case .over: return "over"
            case .suspended(let end): return "suspended until \(start.duration(to: end).components.seconds)"
            }
        case .attach(let number):
            switch machine.attach(after: number) {
            case .failure(let refusal): return "\(refusal)"
            case .success(let attachment):
                let position = attachment.position
                return "\(attachment.connection): \(position.audioByteCount) bytes, \(position.textCount) texts, "
                    + "\(attachment.messages.count) messages\(attachment.isFinished ? ", finished" : "")"
            }
        case .expire(let time): return machine.expire(at: start + .seconds(time)) ? "over" : "waits"
        case .finish: return machine.finish() ? "finished" : "over"
        case .send:
            guard case .text(let text) = machine.send(Reply()) else { return "binary" }
            return text
        }
    }

    private func name(_ arrival: ResumeMachine.Arrival) -> String {
        switch arrival {
        case .deliver: "deliver"
        case .discard: "discard"
        case .disconnect(let close): "disconnect \(close.code ?? 0)"
        }
    }

    @Test func messagesThatAreNoLongerHeldAreNotLeftOut() {
        var machine = ResumeMachine(window: .seconds(60), log: ReplayLog(byteLimit: 2))
        machine.enable()
        for _ in 0..<3 { _ = machine.send(Reply()) }
        #expect(machine.attach(after: 1) == .failure(.incomplete))
        // The session is as it was.
        #expect(machine.connection == 0)
        #expect((try? machine.attach(after: 2).get())?.messages == [.text("m3")])
    }
}
