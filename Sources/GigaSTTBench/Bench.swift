import ArgumentParser

/// Programs that measure, printed as tables. They are no tests; only `leak` has a limit.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gigastt-bench", abstract: "Measures speed, memory and accuracy on this machine.",
        subcommands: [
            AccuracyBench.self, CapacityBench.self, ClaimBench.self, CompletenessBench.self, ConfidenceBench.self,
            EncoderBench.self,
            FidelityBench.self, HotwordBench.self,
            IdleBench.self, LeakBench.self, LiveBench.self, LoadBench.self, MemoryBench.self, OneFile.self,
            OneLoad.self,
            PeerWorker.self,
            PeersBench.self, SegmentationBench.self, ServerBench.self, SpeakerBench.self, SpeedBench.self,
            SpinCommand.self,
            TextBench.self, WordTimesBench.self,
        ])
}
