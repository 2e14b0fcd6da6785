import NIOCore
import ServiceLifecycle
import Synchronization

/// One live session: joins a transport, the machine of a protocol, a conversation and the timers.
///
/// Tasks: one reads the transport and feeds the conversation, one sends the conversation's events, one runs the timers,
/// one waits for shutdown and disconnection.
final class LiveSession<Wire: LiveProtocol, Transport: LiveTransport>: Sendable {
    /// What ends a session from outside.
    private enum Signal: Sendable { case shutdown, closed }

    /// Takes the place of a session; waits for it where need be. Throws `BudgetRefusal` and `CancellationError`.
    typealias Admit = @Sendable () async throws -> BudgetPermit?

    let conversation: LiveConversation
    private let channel: ProtocolChannel<Wire, Transport>
    private let timers: Mutex<SessionTimers>
    private let clock: SessionClock
    private let metrics: ServerMetrics
    private let admit: Admit
    private let beginCall: @Sendable (CallID) -> ActiveCall?
    private let settings: SessionSettings
    private let waitLimit: Duration
    private let (signals, signalSource) = AsyncStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingOldest(2))

    init(
        _ wire: Wire, over transport: Transport, settings: SessionSettings, waitLimit: Duration,
        metrics: ServerMetrics, clock: SessionClock = .continuous, admit: @escaping Admit = { nil },
        beginCall: @escaping @Sendable (CallID) -> ActiveCall? = { _ in nil }, open: @escaping LiveConversation.Open
    ) {
        let channel = ProtocolChannel(wire, over: transport, metrics: metrics)
        conversation = LiveConversation(
            output: .init(
                emit: { await channel.send($0) }, stopReading: { transport.stopReading() }),
            waitLimit: waitLimit, metrics: metrics, open: open)
        self.channel = channel
        self.metrics = metrics
        self.clock = clock
        (self.admit, self.settings, self.waitLimit, self.beginCall) = (admit, settings, waitLimit, beginCall)
        timers = Mutex(SessionTimers(settings, now: clock.now()))
    }

    /// Runs the session; returns why it ended and the close frame, when the connection is closed. Cancelling the task
    /// aborts it.
    func run() async -> (reason: EndReason, close: WebSocketClose?) {
        metrics.connections.add(1)
        defer { metrics.connections.add(-1) }
        channel.transport.onClose { [signalSource] in signalSource.yield(.closed) }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await serve()
            } onGracefulShutdown: { [signalSource] in
                signalSource.yield(.shutdown)
            }
        } onCancel: {
            conversation.abort()
        }
        let reason = conversation.endReason ?? .disconnected
        await channel.call?.end(reason, audio: conversation.audioSeconds)
        return (reason, await channel.close(for: reason))
    }

    /// Begins the session when it has its place.
    private func serve() async {
        do {
            let place = try await place()
            timers.withLock { $0 = SessionTimers(settings, now: clock.now()) }
            if await channel.open() { await converse() } else { conversation.abort() }
            withExtendedLifetime(place) {}
        } catch BudgetRefusal.closed {
            await conversation.end(.shutdown)
        } catch is BudgetRefusal {
            let failure = WireFailure.busy(retryAfter: waitLimit)
            _ = await channel.send(.failed(failure))
            await conversation.end(.failed(failure))
        } catch {
            conversation.abort()
        }
    }

    /// Waits for the place as long as the client does.
    private func place() async throws -> BudgetPermit? {
        let (closed, source) = AsyncStream.makeStream(of: Never.self)
        channel.transport.onClose { source.finish() }
        return try await withThrowingTaskGroup(of: BudgetPermit?.self) { group in
            group.addTask { try await self.admit() }
            group.addTask {
                for await _ in closed {}
                throw CancellationError()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private func converse() async {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.runTimers()
                return false
            }
            group.addTask { await self.obeySignals() }
            group.addTask {
                async let sent: Void = self.conversation.sendEvents()
                await self.read()
                await sent
                return true
            }
            for await isOver in group where isOver { break }
            group.cancelAll()
        }
    }

    private func read() async {
        var reader = channel.transport.makeReader()
        do throws(WebSocketClose) {
            while let inbound = try await reader.next() {
                if await receive(inbound) { break }
            }
        } catch {
            await conversation.end(.violation(error))
        }
        // The text of a call does not need the connection.
        if channel.call != nil { await conversation.end(.stop) }
        channel.transport.discardInbound()
        await conversation.inputEnded()
    }

    /// Returns whether the client ended its input with this.
    private func receive(_ inbound: LiveInbound) async -> Bool {
        switch inbound {
        case .message(let message):
            timers.withLock { $0.heard(isData: true, at: clock.now()) }
            for step in channel.receive(message) {
                switch step {
                case .reply(let reply): await channel.send(reply)
                case .call(let id):
                    guard let call = beginCall(id) else {
                        await conversation.end(.violation(.callInUse))
                        return true
                    }
                    channel.begin(call)
                case .input(.end(let reason)):
                    await conversation.end(reason)
                    return true
                case .input(let input):
                    timers.withLock { $0.beginFeeding() }
                    await conversation.take(input)
                    timers.withLock { $0.endFeeding(at: clock.now()) }
                }
            }
        case .activity(let isData): timers.withLock { $0.heard(isData: isData, at: clock.now()) }
        case .close(let code):
            await conversation.end(channel.call == nil ? .clientClosed(code: code) : .stop)
            return true
        }
        return false
    }

    private func runTimers() async {
        while true {
            do { try await clock.sleep(timers.withLock { $0.next }) } catch { return }
            while let expiry = timers.withLock({ $0.expired(at: clock.now()) }) {
                switch expiry {
                case .ping: if channel.transport.ping() { timers.withLock { $0.pingSent() } }
                case .idle: return await conversation.end(.idle)
                case .sessionLength: return await conversation.end(.sessionLength)
                case .pingTimeout:
                    if channel.transport.loseConnection() { continue }
                    return await conversation.end(.pingTimeout)
                }
            }
        }
    }

    /// Returns `true` when there is no connection any more.
    private func obeySignals() async -> Bool {
        for await signal in signals {
            switch signal {
            case .shutdown: await conversation.end(.shutdown)
            case .closed:
                // The end of a call's audio has been read, or will be.
                if channel.call != nil { continue }
                conversation.abort()
                return true
            }
        }
        return false
    }
}

/// Lets the machine of a protocol speak over a transport: replies leave in the order in which they were decided.
private final class ProtocolChannel<Wire: LiveProtocol, Transport: LiveTransport>: Sendable {
    private struct State {
        var wire: Wire
        var call: ActiveCall?
        /// Ends when the last replies have been sent.
        var sending: AsyncStream<Never>?
    }

    /// Replies that are sent behind all earlier ones.
    private struct Batch {
        let replies: [Wire.Reply]
        let previous: AsyncStream<Never>?
        let finish: AsyncStream<Never>.Continuation
    }

    let transport: Transport
    private let state: Mutex<State>
    private let metrics: ServerMetrics

    init(_ wire: Wire, over transport: Transport, metrics: ServerMetrics) {
        self.transport = transport
        state = Mutex(State(wire: wire))
        self.metrics = metrics
    }

    /// The call that the session carries.
    var call: ActiveCall? { state.withLock { $0.call } }

    func begin(_ call: ActiveCall) { state.withLock { $0.call = call } }

    func open() async -> Bool { await send { $0.wire.open() } != .lost }

    func receive(_ message: LiveMessage) -> [LiveStep<Wire.Reply>] { state.withLock { $0.wire.receive(message) } }

    func send(_ event: ConversationEvent) async -> LiveConversation.Delivery {
        await send { state in
            state.call?.receive(event)
            return state.wire.receive(event, at: UnixTime.now)
        }
    }

    func send(_ reply: Wire.Reply) async { _ = await send { _ in [reply] } }

    private func send(_ decide: (inout State) -> [Wire.Reply]) async -> LiveConversation.Delivery {
        let batch: Batch? = state.withLock { state in
            let replies = decide(&state)
            if replies.isEmpty { return nil }
            let (sent, finish) = AsyncStream.makeStream(of: Never.self)
            defer { state.sending = sent }
            return Batch(replies: replies, previous: state.sending, finish: finish)
        }
        guard let batch else { return .unsent }
        defer { batch.finish.finish() }
        if let previous = batch.previous { for await _ in previous {} }
        for reply in batch.replies {
            if let code = reply.failureCode { metrics.failed(code: code) }
            guard await transport.send(reply) else { return call == nil ? .lost : .unsent }
        }
        return .sent
    }

    func close(for reason: EndReason) async -> WebSocketClose? {
        let close = state.withLock { $0.wire.close(for: reason) }
        await transport.close(close)
        return close
    }
}
