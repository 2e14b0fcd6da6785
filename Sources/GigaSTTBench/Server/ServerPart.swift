import ArgumentParser

/// What of a server can be measured from outside.
enum ServerPart: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Probes while a long recording is decoded.
    case health
    /// People who talk at the same time.
    case sessions
    /// Sockets on which nobody talks.
    case idle
    /// SIGTERM while many are talking.
    case drain
    /// Connections while other programs hold every core.
    case pinned
    /// Connections that come and go.
    case storm
    /// Recordings that are damaged.
    case mutations

    /// Measures the part on a server.
    func measure(_ server: ServedProgram, _ load: ServerLoad) async throws -> [Measure] {
        switch self {
        case .health: try await HealthTrial(server: server, load: load).run()
        case .sessions: try await SessionsTrial(server: server, load: load).run()
        case .idle: try await IdleTrial(server: server, load: load).run()
        case .drain: try await DrainTrial(server: server, load: load).run()
        case .pinned: try await PinnedTrial(server: server, load: load).run()
        case .storm: try await StormTrial(server: server, load: load).run()
        case .mutations: try await MutationsTrial(server: server, load: load).run()
        }
    }
}
