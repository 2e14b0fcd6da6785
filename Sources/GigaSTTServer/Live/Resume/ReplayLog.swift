import NIOCore

/// What a client that resumes its session gets again of a message.
enum ReplayRetention: Sendable, Hashable {
    /// The message.
    case kept
    /// The message, unless a later one of this kind replaced it.
    case latest
    /// Nothing: the message has no number.
    case none
}

/// The numbered messages of a session that its client may not have. A value: no socket, no clock.
struct ReplayLog: Sendable {
    /// Bytes that are held; the oldest messages are dropped for newer ones. Finals of some two hours of speech.
    static let byteLimit = 1 << 20

    private struct Entry: Sendable {
        let number: Int
        let message: LiveMessage
        let isReplaceable: Bool
    }

    private let byteLimit: Int
    private var entries: [Entry] = []
    /// The number of the newest message; they count from 1.
    private(set) var lastNumber = 0
    /// The number of the newest message that was dropped for want of room.
    private var lastDroppedNumber = 0
    private(set) var byteCount = 0

    init(byteLimit: Int = ReplayLog.byteLimit) { self.byteLimit = byteLimit }

    /// Numbers a message and holds it.
    mutating func append(_ reply: some LiveReply) -> LiveMessage {
        let isReplaceable = reply.retention == .latest
        guard isReplaceable || reply.retention == .kept else { return reply.message }
        if isReplaceable, let previous = entries.lastIndex(where: \.isReplaceable) {
            byteCount -= entries.remove(at: previous).message.byteCount
        }
        lastNumber += 1
        let message = reply.message(numbered: lastNumber)
        entries.append(Entry(number: lastNumber, message: message, isReplaceable: isReplaceable))
        byteCount += message.byteCount
        while byteCount > byteLimit, let oldest = entries.first {
            byteCount -= oldest.message.byteCount
            lastDroppedNumber = oldest.number
            entries.removeFirst()
        }
        return message
    }

    /// The messages after the one with this number, 0 for all; `nil` where some of them are no longer held.
    func messages(after number: Int) -> [LiveMessage]? {
        guard number >= lastDroppedNumber else { return nil }
        return entries.filter { $0.number > number }.map(\.message)
    }
}

extension LiveMessage {
    fileprivate var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .binary(let content): content.readableBytes
        }
    }
}
