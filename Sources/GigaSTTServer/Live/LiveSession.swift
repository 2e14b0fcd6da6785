import NIOCore
import ServiceLifecycle
import Synchronization

/// One live session: joins a transport, the machine of a protocol, the conversations of its channels and the timers.
///
/// Tasks: one reads the transport and feeds the conversations, one sends their events, one runs the timers,
/// one waits for shutdown and disconnection.
final class LiveSession<Wire: LiveProtocol, Transport: LiveTransport>: Sendable {
    /// What ends a session from outside.
    private enum Signal: Sendable { case shutdown, closed }

    /// Takes the place of a session; waits for it where need be. Throws `BudgetRefusal` and `CancellationError`.
    typealias Admit = @Sendable () async throws -> BudgetPermit?
    /// Begins a call of so many channels; `nil` while another session carries it.
    typealias BeginCall = @Sendable (CallID, Int) -> ActiveCall?

    let conversations: LiveChannels
    private let channel: ProtocolChannel<Wire, Transport>
    private let timers: Mutex<SessionTimers>
    private let clock: SessionClock
    private let metrics: ServerMetrics
    private let admit: Admit
    private let beginCall: BeginCall
    private let permit = Mutex<BudgetPermit?>(nil)
    private let settings: SessionSettings
    private let waitLimit: Duration
    private let (signals, signalSource) = AsyncStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingOldest(2))

    init(
        _ wire: Wire, over transport: Transport, settings: SessionSettings, waitLimit: Duration,
        metrics: ServerMetrics, clock: SessionClock = .continuous, admit: @escaping Admit = { nil },
        beginCall: @escaping BeginCall = { _, _ in nil }, open: @escaping LiveConversation.Open
    ) {
        let channel = ProtocolChannel(wire, over: transport, metrics: metrics)
        conversations = LiveChannels(
            emit: { await channel.send($0, on: $1) }, stopReading: { transport.stopReading() }, waitLimit: waitLimit,
            metrics: metrics, answersAudio: Wire.answersAudio, open: open)
        self.channel = channel
        self.metrics = metrics
        self.clock = clock
        (self.admit, self.settings, self.waitLimit, self.beginCall) = (admit, settings, waitLimit, beginCall)
        timers = Mutex(Self.timers(settings, clock))
    }

    private static func timers(_ settings: SessionSettings, _ clock: SessionClock) -> SessionTimers {
        SessionTimers(settings, keepAliveInterval: Wire.keepAliveInterval, now: clock.now())
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
            conversations.abort()
        }
        let reason = conversations.endReason ?? .disconnected
        await channel.call?.end(reason, audio: conversations.audioSeconds)
        return (reason, await channel.close(for: reason))
    }

    /// Begins the session; it has its place before that, or takes it with its first audio.
    private func serve() async {
        if !Wire.takesPlaceWithAudio, await !takePlace() { return }
        timers.withLock { $0 = Self.timers(settings, clock) }
        if await channel.open() { await converse() } else { conversations.abort() }
        permit.withLock { $0 = nil }
    }

    /// Takes the place of the session; returns whether there is one.
    private func takePlace() async -> Bool {
        do {
            let place = try await place()
            permit.withLock { $0 = place }
            return true
        } catch {
            await refuse(error)
            return false
        }
    }

    /// Ends a session that gets no place.
    private func refuse(_ error: any Error) async {
        switch error {
        case BudgetRefusal.closed: await conversations.end(.shutdown)
        case is BudgetRefusal:
            let failure = WireFailure.busy(retryAfter: waitLimit)
            _ = await channel.send(.failed(failure), on: 0)
            await conversations.end(.failed(failure))
        default: conversations.abort()
        }
    }

    /// Takes the places of further channels; returns whether there are any.
    private func takePlaces(_ count: Int) async -> Bool {
        do {
            try await permit.withLock { $0 }?.enlarge(by: count, until: .now + waitLimit)
            return true
        } catch {
            await refuse(error)
            return false
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
                async let sent: Void = self.conversations.sendEvents()
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
        var hasPlace = !Wire.takesPlaceWithAudio
        do throws(WebSocketClose) {
            while let inbound = try await reader.next() {
                if await receive(inbound, hasPlace: &hasPlace) { break }
            }
        } catch {
            await conversations.end(.violation(error))
        }
        // The text of a call does not need the connection.
        if channel.call != nil { await conversations.end(.stop) }
        channel.transport.discardInbound()
        await conversations.inputEnded()
    }

    /// Returns whether the client ended its input with this.
    private func receive(_ inbound: LiveInbound, hasPlace: inout Bool) async -> Bool {
        switch inbound {
        case .message(let message):
            timers.withLock { $0.heard(isData: true, at: clock.now()) }
            for step in channel.receive(message) {
                switch step {
                case .reply(let reply): await channel.send(reply)
                case .call(let id, let channels):
                    guard let call = beginCall(id, channels) else {
                        await conversations.end(.violation(.callInUse))
                        return true
                    }
                    channel.begin(call)
                case .input(.end(let reason)):
                    await conversations.end(reason)
                    return true
                case .input(let input):
                    timers.withLock { $0.beginFeeding() }
                    if !hasPlace, await !takePlace() { return true }
                    hasPlace = true
                    let count = conversations.addedCount(by: input)
                    if count > 0, await !takePlaces(count) { return true }
                    await conversations.take(input)
                    timers.withLock { $0.endFeeding(at: clock.now()) }
                }
            }
        case .activity(let isData): timers.withLock { $0.heard(isData: isData, at: clock.now()) }
        case .close(let code):
            await conversations.end(channel.call == nil ? .clientClosed(code: code) : .stop)
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
                case .idle: return await conversations.end(.idle)
                // Nothing follows the reply that tells the end.
                case .keepAlive: if conversations.endReason == nil { await channel.keepAlive() }
                case .sessionLength: return await conversations.end(.sessionLength)
                case .pingTimeout:
                    if channel.transport.loseConnection() { continue }
                    return await conversations.end(.pingTimeout)
                }
            }
        }
    }

    /// Returns `true` when there is no connection any more.
    private func obeySignals() async -> Bool {
        for await signal in signals {
            switch signal {
            case .shutdown: await conversations.end(.shutdown)
            case .closed:
                // The end of a call's audio has been read, or will be.
                if channel.call != nil { continue }
                conversations.abort()
                return true
            }
        }
        return false
    }
}
