import ArgumentParser
import Foundation
import LiveBenchmark

/// How much of everything is asked of a server.
struct ServerLoad: ParsableArguments {
    @Option(help: ArgumentHelp("A recording that is spoken or sent; repeatable.", valueName: "file"))
    var recording: [String] = []

    @Option(help: "Live sessions at the same time.")
    var sessions = 200

    @Option(help: "Seconds of speech per session, and of requests for /health.")
    var seconds = 30

    @Option(help: "Connections that ask for /health, each one question after the other.")
    var connections = 8

    @Option(help: "Idle sockets.")
    var sockets = 5_000

    @Option(help: "Live sessions that a SIGTERM interrupts.")
    var drained = 100

    @Option(help: "Seconds for which other programs hold every core.")
    var pinnedSeconds = 35

    @Option(help: "Connections of the storm.")
    var storm = 5_000

    @Option(help: "Damaged recordings.")
    var mutations = 10_000

    /// What there is to say: each session begins with another recording.
    func voices() throws -> [Voice] {
        let clips =
            recording.isEmpty
            ? SyntheticSpeech.clips() : try recording.map { try Talk.samples(of: URL(fileURLWithPath: $0)) }
        return clips.indices.map { Voice(Talk(clips: clips, first: $0, seconds: seconds)) }
    }
}
