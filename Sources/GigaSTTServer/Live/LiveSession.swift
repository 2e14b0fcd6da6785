import GigaSTT
import ServiceLifecycle
import Synchronization

/// One live session: joins a WebSocket, the protocol machine, the timers and the engine, and decides nothing itself.
///
/// The calling task reads the socket and feeds the engine; a child task keeps time; once there is audio, another
/// reads the engine's events and sends them. Whoever is slow slows the one before: nothing is dropped or piled up.
final class LiveSession: Sendable {
    typealias Open = @Sendable (LiveOptions) throws -> any LiveRecognition

    /// A stream and where in the session it began.
    struct Leg {
        let stream: any LiveRecognition
        /// In seconds.
        let offset: Double
    }

    struct State {
        var machine: GigaProtocol
        var timers: SessionTimers
        var leg: Leg?
        var ending: SessionEnding?
        /// At 16 kHz.
        var fedSampleCount = 0
        var measures = LiveMeasures()
        /// Whether it counts among the live streams.
        var isStreaming = false
    }

    let connection: WebSocketConnection
    let state: Mutex<State>
    let metrics: ServerMetrics
    private let open: Open

    init(
        _ connection: WebSocketConnection, settings: SessionSettings, model: String, metrics: ServerMetrics,
        open: @escaping Open
    ) {
        self.connection = connection
        self.metrics = metrics
        self.open = open
        state = Mutex(
            State(
                machine: GigaProtocol(settings: settings, model: model),
                timers: SessionTimers(settings, now: .now)))
    }

    /// Runs the session to its end and says how it ended; the connection is closed when it returns. Cancelling the
    /// task cuts it off.
    func run() async -> SessionEnding {
        metrics.connections.add(1)
        defer { metrics.connections.add(-1) }
        connection.onClose { self.cutOff() }
        let ending = await withGracefulShutdownHandler {
            if await connection.send(state.withLock { $0.machine.ready }.json) {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await self.keepTime() }
                    await self.converse()
                    group.cancelAll()
                }
            }
            // Before the goodbye, with which the client is gone in any case.
            let ending = state.withLock { $0.ending }
            await connection.close(ending?.close)
            return ending
        } onGracefulShutdown: {
            // The machine sends nothing on its own account here, so there is nothing to wait for.
            for case .end(let ending) in self.state.withLock({ $0.machine.shutDown() }) { self.end(ending) }
        }
        if state.withLock({ $0.isStreaming }) { metrics.liveStreams.add(-1) }
        return ending ?? .vanished
    }

    /// Lets the machine decide and does what it says.
    func act(_ decide: (inout State) -> [GigaProtocol.Action]) async -> [GigaProtocol.Action] {
        let actions = state.withLock { state in
            var actions = decide(&state)
            var next = 0
            // A stream that cannot be opened adds to what is to be done; the machine gives up after some.
            while next < actions.count {
                if let options = actions[next].streamOptions { actions += open(options, &state) }
                next += 1
            }
            return actions
        }
        for action in actions {
            switch action {
            case .send(let message):
                if case .error(let code, _, _) = message { metrics.failed(code: code) }
                _ = await connection.send(message.json)
            case .end(let ending): end(ending)
            case .begin, .feed, .reopen: break
            }
        }
        return actions
    }

    private func open(_ options: LiveOptions, _ state: inout State) -> [GigaProtocol.Action] {
        do {
            state.leg = Leg(stream: try open(options), offset: Double(state.fedSampleCount) / 16_000)
            if !state.isStreaming { metrics.liveStreams.add(1) }
            state.isStreaming = true
            return []
        } catch {
            return state.machine.failed(error)
        }
    }

    private func end(_ ending: SessionEnding) {
        state.withLock { state in
            // A failure on the way to the last final changes how the session ends.
            if state.ending != .vanished { state.ending = ending }
        }
        connection.stopReading()
    }

    /// The connection is gone: all work for it stops.
    private func cutOff() {
        let leg = state.withLock { state in
            state.ending = .vanished
            defer { state.leg = nil }
            return state.leg
        }
        leg?.stream.cancel()
    }

    private func keepTime() async {
        while let wake = state.withLock({ $0.ending == nil ? $0.timers.next : nil }) {
            do { try await ContinuousClock().sleep(until: wake) } catch { return }
            while let expiry = state.withLock({ $0.ending == nil ? $0.timers.expired(at: .now) : nil }) {
                if expiry == .ping { connection.ping() }
                _ = await act { $0.machine.receive(expiry) }
            }
        }
    }
}

extension GigaProtocol.Action {
    /// How the stream that is to be opened recognises.
    fileprivate var streamOptions: LiveOptions? {
        switch self {
        case .begin(_, let options), .reopen(let options): options
        case .send, .feed, .end: nil
        }
    }
}
