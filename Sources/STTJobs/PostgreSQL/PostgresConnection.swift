import CLibPQ
import Dispatch

/// One connection to PostgreSQL by libpq, used by one task at a time.
final class PostgresConnection {
    /// The time for a connection, and for the answer to a statement. The server ends statements earlier.
    static let patience = (connect: Duration.seconds(10), answer: Duration.seconds(30))

    private let library: PostgresLibrary
    private let handle: PostgresHandle

    private init(_ library: PostgresLibrary, _ handle: PostgresHandle) {
        self.library = library
        self.handle = handle
    }

    deinit { library.table.PQfinish(handle.pointer) }

    // MARK: Connecting

    /// Connects to a server. Name lookups and files of libpq block, so that every step runs on a thread of its own.
    ///
    /// Throws `PostgresFailure`.
    static func open(_ library: PostgresLibrary, _ address: String) async throws -> PostgresConnection {
        let deadline = ContinuousClock.now + patience.connect
        guard let handle = await onThread({ library.start(address) }) else {
            throw PostgresFailure(kind: .disconnected, detail: "libpq has no memory")
        }
        let connection = PostgresConnection(library, handle)
        var step = CLIBPQ_POLLING_WRITING
        while step != CLIBPQ_POLLING_OK {
            guard step != CLIBPQ_POLLING_FAILED else { throw connection.failure(.disconnected) }
            let interest = step == CLIBPQ_POLLING_READING ? SocketReadiness.Interest.reading : .writing
            // A host that has no socket yet is an error that the next step reports.
            let socket = library.table.PQsocket(handle.pointer)
            if socket >= 0 {
                let left = ContinuousClock.now.duration(to: deadline)
                guard await SocketReadiness.wait(for: socket, [interest], within: left) else {
                    throw PostgresFailure(kind: .timedOut, detail: "no connection within \(patience.connect)")
                }
            }
            step = await onThread { Int(library.table.PQconnectPoll(handle.pointer)) }
        }
        _ = library.table.PQsetnonblocking(handle.pointer, 1)
        return connection
    }

    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }

    // MARK: Statements

    /// Reads what has arrived, which shows whether the server has closed the connection.
    var isOpen: Bool {
        // The first call may read the last words of the server, the second one then finds the end.
        library.table.PQconsumeInput(handle.pointer) == 1 && library.table.PQconsumeInput(handle.pointer) == 1
            && library.table.PQstatus(handle.pointer) == CLIBPQ_CONNECTION_OK
    }

    /// Performs one statement and returns its rows.
    ///
    /// Throws `PostgresFailure`.
    nonisolated(nonsending) func perform(
        _ statement: String, _ parameters: [PostgresValue] = []
    ) async throws -> [PostgresRow] {
        let deadline = ContinuousClock.now + Self.patience.answer
        guard library.send(statement, parameters, to: handle) else { throw failure(.disconnected) }
        while true {
            let left = library.table.PQflush(handle.pointer)
            if left == 0 { break }
            guard left > 0 else { throw failure(.disconnected) }
            try await wait([.reading, .writing], until: deadline)
        }
        // Nothing is left of an answer when this returns, so that the next statement can be sent.
        var (rows, refusal) = ([PostgresRow](), PostgresFailure?.none)
        while true {
            while library.table.PQisBusy(handle.pointer) == 1 { try await wait([.reading], until: deadline) }
            guard let result = library.table.PQgetResult(handle.pointer) else { break }
            defer { library.table.PQclear(result) }
            switch Int(library.table.PQresultStatus(result)) {
            case CLIBPQ_COMMAND_OK: break
            case CLIBPQ_TUPLES_OK: rows += library.rows(of: result)
            default: refusal = library.refusal(of: result)
            }
        }
        if let refusal {
            // Without a code it is the connection that failed.
            throw refusal.kind == .refused("") ? failure(.disconnected) : refusal
        }
        return rows
    }

    /// Waits for notifications and returns their payloads; none when the time is over.
    ///
    /// Throws `PostgresFailure`.
    nonisolated(nonsending) func notifications(within time: Duration) async throws -> [String] {
        var payloads = library.notifications(of: handle)
        if !payloads.isEmpty { return payloads }
        let socket = library.table.PQsocket(handle.pointer)
        _ = await SocketReadiness.wait(for: socket, [.reading], within: time)
        guard isOpen else { throw failure(.disconnected) }
        payloads = library.notifications(of: handle)
        return payloads
    }

    private nonisolated(nonsending) func wait(
        _ interests: [SocketReadiness.Interest], until deadline: ContinuousClock.Instant
    ) async throws {
        let left = ContinuousClock.now.duration(to: deadline)
        let socket = library.table.PQsocket(handle.pointer)
        guard socket >= 0 else { throw failure(.disconnected) }
        guard await SocketReadiness.wait(for: socket, interests, within: left) else {
            throw PostgresFailure(kind: .timedOut, detail: "no answer within \(Self.patience.answer)")
        }
        guard library.table.PQconsumeInput(handle.pointer) == 1 else { throw failure(.disconnected) }
    }

    private func failure(_ kind: PostgresFailure.Kind) -> PostgresFailure {
        PostgresFailure(kind: kind, detail: library.message(of: handle))
    }
}
