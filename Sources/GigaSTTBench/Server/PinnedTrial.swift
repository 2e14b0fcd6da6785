import ArgumentParser
import Foundation
import LiveBenchmark

/// Connections that must outlive a time in which other programs hold every core: two busy threads on each.
struct PinnedTrial: Sendable {
    private static let connectionCount = 100

    let server: ServedProgram
    let load: ServerLoad

    func run() async throws -> [Measure] {
        let spinners = try (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in try Spinner() }
        defer { for spinner in spinners { spinner.stop() } }
        let end = ContinuousClock.now + .seconds(load.pinnedSeconds)
        let visits = try await withThrowingTaskGroup(of: Visit.self) { group in
            for index in 0..<2 * Self.connectionCount {
                group.addTask { try await visit(asSocket: index % 2 == 0, until: end) }
            }
            return try await group.reduce(into: [Visit]()) { $0.append($1) }
        }
        let latencies = visits.flatMap(\.latencies)
        return [
            Measure(.pinned, "connections", Double(visits.count)),
            Measure(.pinned, "closures", Double(visits.count { $0.wasClosed }), .exactly(0)),
            Measure(.pinned, "slowest answer, ms", (latencies.max() ?? 0) * 1_000),
        ] + latencies.measures(.pinned, "answer")
    }

    private struct Visit: Sendable {
        var latencies: [Double] = []
        var wasClosed = false
    }

    /// A ping, or a question for /health, every second.
    private func visit(asSocket: Bool, until end: ContinuousClock.Instant) async throws -> Visit {
        let connection = try await asSocket ? WireConnection.live(server) : WireConnection.open(server)
        var visit = Visit()
        while ContinuousClock.now < end {
            let start = ContinuousClock.now
            if asSocket { connection.send(WireFrame.ping) } else { connection.send(request: "GET", "/health") }
            guard let arrival = await connection.next() else {
                visit.wasClosed = true
                return visit
            }
            if case .close = arrival.content { visit.wasClosed = true }
            visit.latencies.append((arrival.time - start) / .seconds(1))
            try await ContinuousClock().sleep(until: start + .seconds(1))
        }
        await connection.close()
        return visit
    }
}

/// Another process that does nothing but hold a core; it ends with this one.
private struct Spinner {
    private let process = Process()
    private let entry = Pipe()

    init() throws {
        process.executableURL = Bundle.main.executableURL
        process.arguments = ["spin"]
        process.standardInput = entry
        try process.run()
    }

    func stop() { try? entry.fileHandleForWriting.close() }
}

/// `gigastt-bench spin`: holds a core until its standard input ends.
struct SpinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "spin", shouldDisplay: false)

    func run() throws {
        Thread.detachNewThread {
            _ = try? FileHandle.standardInput.readToEnd()
            Self.exit()
        }
        var value: UInt64 = 1
        while value != 0 { value = value &* 6_364_136_223_846_793_005 | 1 }
    }
}
