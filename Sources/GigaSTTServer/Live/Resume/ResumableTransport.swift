import AsyncAlgorithms
import Synchronization

/// What a client resumes its session with.
struct ResumeGrant: Sendable, Hashable {
    let token: String
    /// How long the session waits for its client.
    let window: Duration
}

/// The connections of one live session, one after the other, as its transport. Until `enable` it passes everything
/// through.
///
/// The task of the session reads and sends, and one runs `watch`; each further connection has its own task, which runs
/// `resume`. Back-pressure propagates as over one connection: what arrives is handed over one by one.
final class ResumableTransport<Connection: LiveTransport>: LiveTransport {
    private struct Link: Sendable {
        let number: Int
        let connection: Connection
        /// Ends when what the client missed has been sent.
        var replay: AsyncStream<Never>?
    }

    fileprivate enum Arrival: Sendable {
        case inbound(LiveInbound)
        case violation(WebSocketClose)
        case end
    }

    private enum Work: Sendable {
        case close(Connection, WebSocketClose?)
        /// - Parameter resumed: ends when the session does not wait any more.
        case expire(at: ContinuousClock.Instant, resumed: AsyncStream<Never>)
    }

    private struct State {
        var machine: ResumeMachine
        /// `nil` while there is no connection.
        var link: Link?
        /// Ends the timer of a session that waits for its client.
        var expiry: AsyncStream<Never>.Continuation?
        var token: String?
        /// The close frame of a session that has ended.
        var end: WebSocketClose?
        var closeObservers: [@Sendable () -> Void] = []
        var isReadingStopped = false
        var isDiscarding = false
    }

    private let sessions: ResumableSessions<Connection>
    private let settings: SessionSettings
    private let owner: String?
    private let state: Mutex<State>
    private let firstConnection: Connection
    /// What arrives on further connections, by their numbers.
    fileprivate let arrivals = AsyncChannel<(number: Int, arrival: Arrival)>()
    private let (work, workSource) = AsyncStream.makeStream(of: Work.self)

    /// - Parameter owner: the name of the API key that may resume the session; `nil`: no key is needed.
    init(
        _ connection: Connection, settings: SessionSettings, owner: String?, in sessions: ResumableSessions<Connection>
    ) {
        (firstConnection, self.settings, self.owner, self.sessions) = (connection, settings, owner, sessions)
        state = Mutex(
            State(
                machine: ResumeMachine(window: settings.resumeWindow), link: Link(number: 0, connection: connection)))
        connection.onClose { self.disconnected(0) }
    }

    /// Lets the client resume the session; `nil` where the server does not allow it.
    func enable() -> ResumeGrant? {
        guard settings.resumeWindow > .zero else { return nil }
        return state.withLock { state in
            let token = state.token ?? sessions.add(self, of: owner)
            state.token = token
            state.machine.enable()
            return ResumeGrant(token: token, window: settings.resumeWindow)
        }
    }

    /// Closes connections that were lost or replaced, and ends the session when its client does not come back. Returns
    /// after `endWatch`.
    func watch() async {
        await withDiscardingTaskGroup { group in
            for await item in work { group.addTask { await self.perform(item) } }
            group.cancelAll()
        }
    }

    func endWatch() { workSource.finish() }

    private func perform(_ work: Work) async {
        switch work {
        case .close(let connection, nil): await connection.close(nil)
        case .close(let connection, let close?):
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await connection.close(close) }
                group.addTask {
                    // The close frame waits behind a message that the peer does not take.
                    try? await self.sessions.clock.sleep(self.sessions.clock.now() + self.settings.closeTimeout)
                    await connection.close(nil)
                }
                await group.next()
                group.cancelAll()
            }
        case .expire(let instant, let resumed):
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await self.sessions.clock.sleep(instant) }
                group.addTask { for await _ in resumed {} }
                await group.next()
                group.cancelAll()
            }
            guard !Task.isCancelled else { return }
            if update({ $0.machine.expire(at: sessions.clock.now()) }) { end() }
        }
    }

    private func update<Value: Sendable>(_ change: (inout State) -> Value) -> Value {
        let (value, outcome, expiry) = state.withLock { state in
            let wasSuspended = state.machine.isSuspended
            let value = change(&state)
            let outcome = wasSuspended ? state.machine.suspensionOutcome : nil
            defer { if outcome != nil { state.expiry = nil } }
            return (value, outcome, outcome == nil ? nil : state.expiry)
        }
        if let outcome { sessions.leavePlace(outcome) }
        expiry?.finish()
        return value
    }

    /// A connection is gone, or is to go.
    private func disconnected(_ number: Int, _ close: WebSocketClose? = nil) {
        let (resumed, expiry) = AsyncStream.makeStream(of: Never.self)
        let (loss, connection, isReadingStopped) = update { state in
            let loss = state.machine.disconnected(number, at: sessions.clock.now()) {
                sessions.takePlace(limit: settings.suspendedLimit)
            }
            defer { if case .suspended = loss { (state.link, state.expiry) = (nil, expiry) } }
            return (loss, state.link?.connection, state.isReadingStopped)
        }
        switch loss {
        case .none: break
        case .suspended(let instant):
            workSource.yield(.expire(at: instant, resumed: resumed))
            if let connection { workSource.yield(.close(connection, close)) }
            if isReadingStopped { arrivals.finish() }
        case .over: end()
        }
    }

    /// There will be no connection any more.
    private func end() {
        let (observers, token) = update { state in
            defer { state.closeObservers = [] }
            return (state.closeObservers, state.token)
        }
        arrivals.finish()
        if let token { sessions.remove(token) }
        for observer in observers { observer() }
    }
}

// MARK: - The session

extension ResumableTransport {
    func makeReader() -> Reader { Reader(first: firstConnection.makeReader(), transport: self) }

    struct Reader: LiveReader {
        /// `nil` after the end of the first connection.
        fileprivate var first: Connection.Reader?
        fileprivate let transport: ResumableTransport

        mutating func next() async throws(WebSocketClose) -> LiveInbound? {
            while first != nil {
                let arrival = await nextOfFirst()
                if case .end = arrival { first = nil }
                switch try transport.take(arrival, from: 0) {
                case .some(let outcome): return outcome
                case nil: continue
                }
            }
            var arrivals = transport.arrivals.makeAsyncIterator()
            while true {
                guard let (number, arrival) = await arrivals.next() else { return nil }
                switch try transport.take(arrival, from: number) {
                case .some(let outcome): return outcome
                case nil: continue
                }
            }
        }

        private mutating func nextOfFirst() async -> Arrival {
            do throws(WebSocketClose) {
                return try await first?.next().map { .inbound($0) } ?? .end
            } catch {
                first = nil
                return .violation(error)
            }
        }
    }

    /// What the session reads of an arrival, `.some(nil)` at the end of the input; `nil`: nothing.
    fileprivate func take(_ arrival: Arrival, from number: Int) throws(WebSocketClose) -> LiveInbound?? {
        switch arrival {
        case .inbound(let inbound):
            switch update({ $0.machine.take(inbound, from: number) }) {
            case .deliver(let inbound): return inbound
            case .discard: return nil
            case .disconnect(let close):
                disconnected(number, close)
                return nil
            }
        case .violation(let close):
            if state.withLock({ $0.machine.connection == number }) { throw close }
            return nil
        case .end:
            let (isCurrent, isOver) = state.withLock { state in
                (state.machine.connection == number, state.isReadingStopped || !state.machine.isResumable)
            }
            if isCurrent, isOver { return .some(nil) }
            disconnected(number)
            return nil
        }
    }

    func send(_ message: LiveMessage) async -> Bool {
        await state.withLock { $0.link?.connection }?.send(message) ?? false
    }

    /// Sends a message, or holds it until the client comes back.
    func send(_ reply: some LiveReply) async -> Bool {
        let (message, link) = update { state in (state.machine.send(reply), state.link) }
        if let link {
            if let replay = link.replay { for await _ in replay {} }
            let isSent = await link.connection.send(message)
            if isSent || state.withLock({ !$0.machine.isResumable }) { return isSent }
            disconnected(link.number)
        }
        return state.withLock { !$0.machine.isOver }
    }

    func ping() -> Bool { state.withLock { $0.link?.connection }?.ping() ?? false }

    func loseConnection() -> Bool {
        let (number, isResumable) = state.withLock { ($0.machine.connection, $0.machine.isResumable) }
        if isResumable { disconnected(number) }
        return isResumable
    }

    func stopReading() {
        let connection = update { state in
            state.isReadingStopped = true
            return state.link?.connection
        }
        if let connection { connection.stopReading() } else { arrivals.finish() }
    }

    func discardInbound() {
        let connection = update { state in
            state.isDiscarding = true
            return state.link?.connection
        }
        arrivals.finish()
        connection?.discardInbound()
    }

    func onClose(_ body: @escaping @Sendable () -> Void) {
        let isOver = update { state in
            if !state.machine.isOver { state.closeObservers.append(body) }
            return state.machine.isOver
        }
        if isOver { body() }
    }

    /// Closes the connection. A client that may not have everything can come for it until the time is over.
    func close(_ close: WebSocketClose?) async {
        let (link, token, isKept, byteCount) = update { state in
            state.end = close
            defer { state.link = nil }
            return (state.link, state.token, state.machine.finish() && close != nil, state.machine.log.byteCount)
        }
        arrivals.finish()
        if let token {
            if isKept {
                sessions.keep(token, for: settings.resumeWindow, byteCount: byteCount)
            } else {
                sessions.remove(token)
            }
        }
        guard let link else { return }
        if let replay = link.replay { for await _ in replay {} }
        await link.connection.close(close)
    }
}

// MARK: - Further connections

extension ResumableTransport {
    /// Goes on with the session over another connection, until that is closed. The connection that there is gets closed.
    ///
    /// - Parameter number: the last message that the client has; 0: none.
    func resume(over connection: Connection, after number: Int) async throws(ResumeMachine.Refusal) {
        let (replay, replayed) = AsyncStream.makeStream(of: Never.self)
        let attached: Result<ResumeMachine.Attachment, ResumeMachine.Refusal> = update { state in
            let attached = state.machine.attach(after: number)
            guard case .success(let attachment) = attached, !attachment.isFinished else { return attached }
            if let old = state.link {
                old.connection.discardInbound()
                workSource.yield(.close(old.connection, .resumedElsewhere))
            }
            state.link = Link(number: attachment.connection, connection: connection, replay: replay)
            return attached
        }
        let attachment = try attached.get()
        connection.onClose { self.disconnected(attachment.connection) }
        let isSent = await self.replay(attachment, over: connection)
        update { state in
            if state.link?.number == attachment.connection { state.link?.replay = nil }
        }
        replayed.finish()
        if attachment.isFinished { return await connection.close(state.withLock { $0.end }) }
        if !isSent { disconnected(attachment.connection) }
        await relay(connection, attachment.connection)
    }

    private func replay(_ attachment: ResumeMachine.Attachment, over connection: Connection) async -> Bool {
        guard await connection.send(ServerMessage.resumed(attachment.position).message) else { return false }
        for message in attachment.messages {
            guard await connection.send(message) else { return false }
        }
        return true
    }

    /// Hands over what arrives. Returns when the connection is closed, by whatever ends it.
    private func relay(_ connection: Connection, _ number: Int) async {
        let (closed, source) = AsyncStream.makeStream(of: Never.self)
        connection.onClose { source.finish() }
        let (isDiscarding, isReadingStopped) = state.withLock { ($0.isDiscarding, $0.isReadingStopped) }
        if isDiscarding { connection.discardInbound() } else if isReadingStopped { connection.stopReading() }
        // The client lives, whatever the one before did: for the timers of the session.
        await arrivals.send((number, .inbound(.activity(isData: true))))
        var reader = connection.makeReader()
        var isOver = false
        while !isOver {
            var arrival = Arrival.end
            do throws(WebSocketClose) {
                if let inbound = try await reader.next() { arrival = .inbound(inbound) } else { isOver = true }
            } catch {
                (arrival, isOver) = (.violation(error), true)
            }
            await arrivals.send((number, arrival))
        }
        for await _ in closed {}
    }
}

extension ResumeMachine {
    /// What became of a session that was suspended; `nil` while it is.
    fileprivate var suspensionOutcome: ServerMetrics.SuspensionOutcome? {
        if isSuspended { return nil }
        if isConnected { return .resumed }
        return isOver ? .expired : .ended
    }
}
