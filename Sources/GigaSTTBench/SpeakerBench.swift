import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench speakers`: who spoke when, against what is known of a recording.
struct SpeakerBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speakers",
        abstract: "Recordings with turns (NAME.wav and NAME.rttm): diarization error, number of speakers, time.")

    @Argument(help: "Folder of the recordings, as Training/speakers_dialogues.py writes it.")
    var folder: String

    @Option(help: "Model folder; default: the built-in model.")
    var modelDir: String?

    @Flag(help: "Give the number of speakers instead of estimating it.")
    var oracle = false

    @Option(help: "Folder to write the turns found to, as RTTM.")
    var output: String?

    func run() async throws {
        let model = modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .demo
        let recognizer = try await Recognizer(model)
        guard recognizer.capabilities.speakers else {
            throw ValidationError("the model folder has no speaker model that can be used")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".rttm") }
        var totals: [String: Total] = [:]
        var table = Table(["recording", "speakers", "found", "DER %", "collar 0", "RTF without", "with"])
        for file in files.sorted() {
            let url = URL(fileURLWithPath: folder).appendingPathComponent(file)
            let name = String(file.dropLast(5))
            let reference = SpeakerTurns(rttm: try String(contentsOf: url, encoding: .utf8))
            let audio = url.deletingPathExtension().appendingPathExtension("wav")
            let start = ContinuousClock.now
            _ = try await recognizer.transcribe(audio)
            let middle = ContinuousClock.now
            var options = TranscriptionOptions()
            options.speakers = try SpeakerSeparation(count: oracle ? reference.speakerCount : nil)
            let transcript = try await recognizer.transcribe(audio, options: options)
            let end = ContinuousClock.now
            var rendering = RenderingOptions()
            rendering.recordingName = name
            let text = transcript.rendered(as: .rttm, options: rendering)
            if let output {
                try text.write(toFile: "\(output)/\(name).rttm", atomically: true, encoding: .utf8)
            }
            let found = SpeakerTurns(rttm: text)
            let errors = [0.25, 0].map { DiarizationError(reference, found, collar: $0) }
            let kind =
                String(name.prefix { !$0.isNumber }) + (name.hasPrefix("synth") ? "\(reference.speakerCount)" : "")
            totals[kind, default: Total()].add(errors, isExact: found.speakerCount == reference.speakerCount)
            let times = [middle - start, end - middle].map { $0 / .seconds(1) / max(1, transcript.duration) }
            table.add(
                [name, "\(reference.speakerCount)", "\(found.speakerCount)"] + errors.map(\.percent)
                    + times.map { String(format: "%.4f", $0) })
        }
        print(table.rendered)
        var summary = Table(["set", "recordings", "DER %", "collar 0", "confusion %", "exact count %"])
        for (kind, total) in totals.sorted(by: { $0.key < $1.key }) { summary.add([kind] + total.columns) }
        print(summary.rendered)
        print("peak memory \(Int(ProcessMemory.peakMegabytes)) MB")
    }

    private struct Total {
        private var errors = [DiarizationError](repeating: DiarizationError(), count: 2)
        private var (count, exact) = (0, 0)

        mutating func add(_ found: [DiarizationError], isExact: Bool) {
            for index in errors.indices { errors[index].add(found[index]) }
            count += 1
            exact += isExact ? 1 : 0
        }

        var columns: [String] {
            ["\(count)"] + errors.map(\.percent) + [errors[0].confusionPercent, "\(100 * exact / max(1, count))"]
        }
    }
}

/// Who speaks in each hundredth of a second; overlaps are not in the recordings of this benchmark.
struct SpeakerTurns {
    static let framesPerSecond = 100.0
    private(set) var turns: [(frames: Range<Int>, speaker: String)] = []

    var speakerCount: Int { Set(turns.map(\.speaker)).count }
    var end: Int { turns.map(\.frames.upperBound).max() ?? 0 }

    init(rttm: String) {
        for line in rttm.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 7, let start = Double(fields[3]), let length = Double(fields[4]) else { continue }
            let frames = [start, start + length].map { Int(($0 * Self.framesPerSecond).rounded()) }
            turns.append((frames[0]..<max(frames[0], frames[1]), String(fields[7])))
        }
    }

    func frames(_ count: Int) -> [String?] {
        var frames = [String?](repeating: nil, count: count)
        for turn in turns { for frame in turn.frames where frame < count { frames[frame] = turn.speaker } }
        return frames
    }
}

/// Diarization error (NIST): missed speech, false alarms and confused speakers under the best assignment of speakers, in
/// hundredths of a second; around each border of the reference a collar is not counted.
struct DiarizationError {
    private var (speech, missed, falseAlarm, confused) = (0, 0, 0, 0)

    init() {}

    init(_ reference: SpeakerTurns, _ found: SpeakerTurns, collar: Double) {
        let count = max(reference.end, found.end)
        let (truth, guess) = (reference.frames(count), found.frames(count))
        var counts = [Bool](repeating: true, count: count)
        let reach = Int(collar * SpeakerTurns.framesPerSecond)
        if reach > 0 {
            for border in reference.turns.flatMap({ [$0.frames.lowerBound, $0.frames.upperBound] }) {
                for frame in max(0, border - reach)..<max(0, min(count, border + reach)) { counts[frame] = false }
            }
        }
        var shared: [String: [String: Int]] = [:]
        var both = 0
        for frame in 0..<count where counts[frame] {
            switch (truth[frame], guess[frame]) {
            case (let speaker?, let label?):
                speech += 1
                both += 1
                shared[label, default: [:]][speaker, default: 0] += 1
            case (.some, nil): (speech, missed) = (speech + 1, missed + 1)
            case (nil, .some): falseAlarm += 1
            case (nil, nil): break
            }
        }
        confused = both - Self.assigned(shared, Set(truth.compactMap { $0 }).sorted())
    }

    /// The most frames that a one-to-one assignment of labels to speakers explains.
    private static func assigned(_ shared: [String: [String: Int]], _ speakers: [String]) -> Int {
        // Best sum by the set of speakers that are taken, label after label.
        var best = [Int](repeating: 0, count: 1 << speakers.count)
        for row in shared.values {
            var next = best
            for set in best.indices {
                for (index, speaker) in speakers.enumerated() where set & 1 << index == 0 {
                    let taken = set | 1 << index
                    next[taken] = max(next[taken], best[set] + (row[speaker] ?? 0))
                }
            }
            best = next
        }
        return best.max() ?? 0
    }

    mutating func add(_ other: DiarizationError) {
        speech += other.speech
        missed += other.missed
        falseAlarm += other.falseAlarm
        confused += other.confused
    }

    var percent: String { Self.percent(missed + falseAlarm + confused, of: speech) }
    var confusionPercent: String { Self.percent(confused, of: speech) }

    private static func percent(_ part: Int, of whole: Int) -> String {
        String(format: "%.2f", 100 * Double(part) / Double(max(1, whole)))
    }
}
