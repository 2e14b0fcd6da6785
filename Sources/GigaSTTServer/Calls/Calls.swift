import GigaSTT
import Synchronization

/// The calls of a server and their readers: what goes on, and for a while what is over.
final class Calls: Sendable {
    /// What is held at the same time.
    struct Limits: Sendable, Hashable {
        /// How long a call is kept behind its end.
        var lifetime = Duration.seconds(600)
        /// Calls that are kept behind their end, and their bytes; the oldest are dropped first.
        var keptCount = 1_000
        var keptByteCount = 1 << 26
        var readersPerCall = 16
        var readers = 1_000
        /// How long a reader waits for a call to begin.
        var beginWait = Duration.seconds(60)
    }

    /// A reader's place.
    struct Reader: Sendable {
        fileprivate let number: Int
        fileprivate let id: CallID
        /// The call that is read, from the moment it is there.
        fileprivate var call: Int?
        fileprivate var position = CallLog.Position.start
        /// An element at first, and each time there may be something new; for one task.
        let wakeUps: AsyncStream<Void>
    }

    private struct State {
        /// By their numbers, which never come again.
        var logs: [Int: CallLog] = [:]
        /// The newest call of an identifier.
        var newest: [CallID: Int] = [:]
        var lastCall = 0
        /// Calls that are over, and when they are dropped, the oldest first.
        var kept: [(call: Int, end: ContinuousClock.Instant)] = []
        var keptByteCount = 0
        var readers: [CallID: [Int: AsyncStream<Void>.Continuation]] = [:]
        var readerCount = 0
        var lastReader = 0

        func wakeReaders(of id: CallID) {
            for waker in (readers[id] ?? [:]).values { waker.yield() }
        }
    }

    let limits: Limits
    let clock: SessionClock
    /// `nil`: no end of a call is reported.
    private let reports: CallReports?
    private let state = Mutex(State())

    init(_ limits: Limits = Limits(), reports: CallReports? = nil, clock: SessionClock = .continuous) {
        (self.limits, self.reports, self.clock) = (limits, reports, clock)
    }
}

// MARK: - The session that carries the call

extension Calls {
    /// Begins a call; `nil` while another session carries one with this identifier.
    ///
    /// - Parameter wire: writes the messages of a channel.
    func begin(_ id: CallID, channels: Int = 1, over name: String, _ wire: GigaProtocol) -> ActiveCall? {
        state.withLock { state in
            removeExpired(&state)
            var number = 1
            if let newest = state.newest[id], let log = state.logs[newest] {
                guard log.isOver else { return nil }
                number = log.number + 1
            }
            state.lastCall += 1
            state.newest[id] = state.lastCall
            state.logs[state.lastCall] = CallLog(
                id, number: number, channels: channels, over: name, wire, at: UnixTime.now)
            state.wakeReaders(of: id)
            return ActiveCall(calls: self, number: state.lastCall)
        }
    }

    fileprivate func receive(_ event: ConversationEvent, on channel: Int, _ call: Int) {
        state.withLock { state in
            guard let id = state.logs[call]?.id else { return }
            state.logs[call]?.receive(event, on: channel, at: UnixTime.now)
            state.wakeReaders(of: id)
        }
    }

    fileprivate func end(_ call: Int, _ reason: EndReason, audio: Double) async {
        let log: CallLog? = state.withLock { state in
            guard var log = state.logs[call], !log.isOver else { return nil }
            log.end()
            state.logs[call] = log
            state.kept.append((call, clock.now() + limits.lifetime))
            state.keptByteCount += log.byteCount
            state.wakeReaders(of: log.id)
            removeExpired(&state)
            return log
        }
        if let log { await reports?.send(log, reason, audio: audio) }
    }
}

/// A call whose session runs.
struct ActiveCall: Sendable {
    fileprivate let calls: Calls
    fileprivate let number: Int

    func receive(_ event: ConversationEvent, on channel: Int = 0) { calls.receive(event, on: channel, number) }

    /// Ends it, and reports it where ends are reported; `audio` is in seconds.
    func end(_ reason: EndReason, audio: Double) async { await calls.end(number, reason, audio: audio) }
}

// MARK: - Readers

extension Calls {
    /// What a reader has not read.
    struct News: Sendable, Hashable {
        var messages: [String] = []
        var state = CallState.unknown
    }

    enum CallState: Sendable, Hashable { case unknown, active, over }

    /// A new reader of a call, which may begin later; `nil` where there are enough.
    func read(_ id: CallID) -> Reader? {
        state.withLock { state in
            let others = state.readers[id]?.count ?? 0
            guard others < limits.readersPerCall, state.readerCount < limits.readers else { return nil }
            let (wakeUps, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            waker.yield()
            state.lastReader += 1
            state.readerCount += 1
            state.readers[id, default: [:]][state.lastReader] = waker
            return Reader(number: state.lastReader, id: id, wakeUps: wakeUps)
        }
    }

    /// The reader reads no more.
    func leave(_ reader: Reader) {
        state.withLock { state in
            guard state.readers[reader.id]?.removeValue(forKey: reader.number) != nil else { return }
            state.readerCount -= 1
            if state.readers[reader.id]?.isEmpty == true { state.readers[reader.id] = nil }
        }
    }

    /// What is new for a reader.
    func news(for reader: inout Reader) -> News {
        state.withLock { state in
            removeExpired(&state)
            reader.call = reader.call ?? state.newest[reader.id]
            guard let call = reader.call else { return News() }
            // One that was dropped while it was read is over.
            guard let log = state.logs[call] else { return News(state: .over) }
            return News(messages: log.news(behind: &reader.position), state: log.isOver ? .over : .active)
        }
    }

    /// Whether a call has begun, and is still known.
    func knows(_ id: CallID) -> Bool { state.withLock { $0.newest[id] != nil } }
}

// MARK: - What is over

extension Calls {
    /// Drops the calls whose time is over.
    func removeExpired() { state.withLock { removeExpired(&$0) } }

    private func removeExpired(_ state: inout State) {
        let now = clock.now()
        while let oldest = state.kept.first,
            oldest.end <= now || state.kept.count > limits.keptCount || state.keptByteCount > limits.keptByteCount
        {
            state.kept.removeFirst()
            guard let log = state.logs.removeValue(forKey: oldest.call) else { continue }
            state.keptByteCount -= log.byteCount
            if state.newest[log.id] == oldest.call { state.newest[log.id] = nil }
        }
    }
}
