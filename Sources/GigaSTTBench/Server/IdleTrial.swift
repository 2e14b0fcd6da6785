import Foundation
import LiveBenchmark

/// Open sessions on which nobody talks, and one among them on which somebody does.
struct IdleTrial: Sendable {
    let server: ServedProgram
    let load: ServerLoad

    func run() async throws -> [Measure] {
        let voice = try Array(load.voices().prefix(1))
        let count = OpenFileLimit.raise(for: load.sockets)
        // Once alone, so that what the first session costs is not blamed on the sockets.
        let alone = await SessionsTrial.talk(server, voice, count: 1)
        let before = server.residentMegabytes
        let sockets = try await withThrowingTaskGroup(of: [WireConnection].self) { group in
            let lanes = 32
            for lane in 0..<lanes {
                group.addTask {
                    var sockets: [WireConnection] = []
                    for _ in stride(from: lane, to: count, by: lanes) { sockets.append(try await .live(server)) }
                    return sockets
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let after = server.residentMegabytes
        let among = await SessionsTrial.talk(server, voice, count: 1)
        let isSame = among.first?.transcript.text == alone.first?.transcript.text
        let stillOpen = await answering(sockets)
        for socket in sockets { await socket.close() }
        var measures = [
            Measure(.idle, "sockets", Double(sockets.count)),
            Measure(.idle, "sockets that answer a ping at the end", Double(stillOpen), .exactly(Double(count))),
            Measure(.idle, "active session with the text it has alone", isSame ? 1 : 0, .exactly(1)),
        ]
        for (name, sessions) in [("alone", alone), ("among them", among)] {
            measures += sessions.flatMap(\.transcript.log.firstPartials).measures(.idle, "first partial \(name)")
            measures += sessions.flatMap(\.transcript.log.finalDelays).measures(.idle, "endpoint → final \(name)")
        }
        if let before, let after {
            let perSocket = (after - before) * 1_024 / Double(max(1, sockets.count))
            measures.append(Measure(.idle, "memory per socket, KB", perSocket, .atMost(64)))
        }
        return measures
    }

    private func answering(_ sockets: [WireConnection]) async -> Int {
        for socket in sockets { socket.send(WireFrame.ping) }
        var count = 0
        for socket in sockets {
            if case .pong = await socket.next()?.content { count += 1 }
        }
        return count
    }
}
