import LiveBenchmark

/// Connections that are opened, asked one question and closed, many at the same time.
struct StormTrial: Sendable {
    private static let laneCount = 64

    let server: ServedProgram
    let load: ServerLoad

    func run() async throws -> [Measure] {
        let start = ContinuousClock.now
        let times = try await withThrowingTaskGroup(of: [Double].self) { group in
            for lane in 0..<Self.laneCount {
                group.addTask {
                    var times: [Double] = []
                    for _ in stride(from: lane, to: load.storm, by: Self.laneCount) {
                        if let time = try await visit() { times.append(time) }
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return [
            Measure(.storm, "connections per second", Double(times.count) / seconds),
            Measure(.storm, "connections answered", Double(times.count), .exactly(Double(load.storm))),
        ] + times.measures(.storm, "connect → answer", high: 99)
    }

    private func visit() async throws -> Double? {
        let start = ContinuousClock.now
        let connection = try await WireConnection.open(server)
        connection.send(request: "GET", "/health")
        let arrival = await connection.next()
        await connection.close()
        guard let arrival, case .answer(status: 200, _) = arrival.content else { return nil }
        return (arrival.time - start) / .seconds(1)
    }
}
