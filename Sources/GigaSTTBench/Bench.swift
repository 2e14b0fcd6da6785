import ArgumentParser

/// Programs that measure, printed as tables. They are no tests: nothing passes or fails.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gigastt-bench", abstract: "Measures speed, memory and accuracy on this machine.",
        subcommands: [
            AccuracyBench.self, CapacityBench.self, IdleBench.self, LiveBench.self, MemoryBench.self, OneFile.self,
            PeerWorker.self, PeersBench.self, SpeedBench.self,
        ])
}
