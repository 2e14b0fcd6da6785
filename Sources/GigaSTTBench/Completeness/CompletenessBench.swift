import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench completeness`: words that are lost or doubled between the audio and the finals.
struct CompletenessBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completeness",
        abstract: "Words lost or doubled in random mixes of known clips, live and as files.",
        discussion: """
            Mixes have random clips, pauses, noises, gains, sample rates, block sizes and endpoints. Expected are the \
            words that the model recognises when the same audio is cut by hand at the borders of the clips. A mix \
            depends on its seed and the clips alone. "cut short" are the lost ones within which a silence of less than \
            0.3 s ended an utterance, as the setting asks for; "unsteady" are those that the model itself recognises in \
            one cut and not in another.
            """)

    @Argument(
        help: "A manifest of clips: {\"items\": [{\"file\": …}]}; `segments` with `start_s` and `end_s` cut a file.")
    var manifest = "Demo/manifest.json"

    @Option(help: "Model folder; default: the demonstration model.")
    var modelDir: String?

    @Option(help: "Number of mixes.")
    var mixes = 200

    @Option(help: "Seed of the first mix; the others follow.")
    var seed: UInt64 = 1

    @Option(help: "Print this many findings of each kind.")
    var show = 20

    func run() async throws {
        let folder = modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .demo
        let voices = try SpokenClips.load(URL(fileURLWithPath: manifest))
        guard !voices.isEmpty else { throw ValidationError("The manifest lists no clips.") }
        var trial = try await CompletenessTrial.load(folder, voices: voices)
        for offset in 0..<UInt64(max(0, mixes)) { try await trial.run(seed: seed &+ offset) }
        for finding in trial.lost.prefix(show) { print("lost    \(finding)") }
        for finding in trial.doubled.prefix(show) { print("doubled \(finding)") }
        var table = Table([
            "mixes", "audio s", "words", "lost live", "lost file", "doubled live", "doubled file", "cut short",
            "unsteady",
        ])
        func count(_ findings: [CompletenessTrial.Finding], _ way: String) -> String {
            "\(findings.count { $0.way == way })"
        }
        table.add([
            "\(trial.mixCount)", String(format: "%.0f", trial.seconds), "\(trial.wordCount)",
            count(trial.lost, "live"), count(trial.lost, "file"), count(trial.doubled, "live"),
            count(trial.doubled, "file"), "\(trial.lost.count(where: \.isCutByShortSilence))", "\(trial.unsteady)",
        ])
        print(table.rendered)
        guard trial.lost.isEmpty, trial.doubled.isEmpty else { throw ExitCode.failure }
    }
}
