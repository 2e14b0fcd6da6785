import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark
import STTRecognition

/// `gigastt-bench fidelity`: what each form of an encoder loses against floats.
struct FidelityBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fidelity",
        abstract: "Words that each form of a model's encoder loses or invents against its floats, over hours.",
        discussion: """
            Recognises the same long recordings with every form of the encoder: the files of the model folder, the forms \
            that `gigastt quantize` makes of its floats, and the prepared one on kernels. Recordings are joined from clips with \
            known texts, clean, in noise, far from the microphone and through a telephone, and kept on disk until the end \
            (115 MB an hour). The floats hear them again some milliseconds later: what changes then is the model's own \
            uncertainty, not an error of a form. A run is a stretch where one has at least three words more than the other. A form holds \
            when no run of the floats is deleted and the word error rate grows by 0.1 points at most.
            """)

    @Argument(help: "Recordings of your own: compared with the floats, without a word error rate.")
    var recordings: [String] = []

    @Option(help: "Model folder with an encoder in floats; default: the built-in model.")
    var modelDir: String?

    @Option(help: "Manifest of clips with texts, such as Demo/manifest.json.")
    var manifest = "Demo/manifest.json"

    @Option(help: "A voice of Festival with texts, such as that of Debian's festvox-ru, unpacked or installed.")
    var speech: String?

    @Option(help: "Minutes of joined clips.")
    var duration = 120.0

    @Option(help: "Seed of the first joined recording.")
    var seed: UInt64 = 1

    @Option(help: "Delays after which the floats hear everything again, 1 ms, 2 ms and so on.")
    var delays = 1

    @Option(help: "Print this many runs.")
    var show = 20

    @Option(help: "Write all figures to this file.")
    var json: String?

    func validate() throws {
        guard (0...10_000).contains(duration), duration > 0 || !recordings.isEmpty else {
            throw ValidationError("--duration is 0 to 10000 minutes; with 0, name recordings")
        }
        guard (0...20).contains(delays) else { throw ValidationError("--delays is 0 to 20") }
    }

    func run() async throws {
        let work = FileManager.default.temporaryDirectory.appendingPathComponent("fidelity-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: work) }
        let model = modelDir.map { URL(fileURLWithPath: $0) } ?? ModelFolder.demo.url
        let forms = try FidelityForm.all(of: model, in: work, delays: delays) { Self.note($0) }
        let heard = try joined(in: work) + named()
        let windows = try heard.prefix(40).map { try $0.window() }
        var (floats, results): (FidelityTrial?, [FidelityResult]) = (nil, [])
        for form in forms {
            guard let trial = try await FidelityTrial.run(form, heard, windows, note: { Self.note($0) }) else {
                Self.note("\(form.name): none for this processor, or for an encoder of these sizes")
                continue
            }
            results.append(FidelityResult(trial, against: floats ?? trial, heard))
            floats = floats ?? trial
        }
        for result in results {
            for run in (result.deletedRuns + result.insertedRuns).prefix(show) {
                let (lost, instead) = (run.expected.joined(separator: " "), run.found.joined(separator: " "))
                print("\(result.form): «\(lost)» → «\(instead)»")
            }
        }
        print(Self.table(results))
        if let json { try JSONEncoder().encode(results).write(to: URL(fileURLWithPath: json)) }
    }

    /// Every condition as often, and human speech in every second round, if there is any.
    private func joined(in work: URL) throws -> [FidelityRecording] {
        var sources = [("synthetic", try FidelityClips(manifest: URL(fileURLWithPath: manifest)).clips)]
        if let speech { sources.append(("human", try FidelityClips(festival: URL(fileURLWithPath: speech)).clips)) }
        var (result, seconds) = ([FidelityRecording](), 0.0)
        let conditions = FidelityCondition.allCases
        // A short run has every condition too.
        let share = 60 * duration / Double(conditions.count * sources.count)
        while seconds < 60 * duration {
            let number = result.count
            let (name, clips) = sources[number / conditions.count % sources.count]
            let recording = try FidelityRecording.write(
                clips, conditions[number % conditions.count], name: name, seed: seed &+ UInt64(number),
                length: min(FidelityRecording.length, share, 60 * duration - seconds),
                to: work.appendingPathComponent("\(number).wav"))
            seconds += recording.seconds
            result.append(recording)
            Self.note(String(format: "joined %.0f of %.0f s", seconds, 60 * duration))
        }
        return result
    }

    private func named() throws -> [FidelityRecording] {
        try recordings.map { path in
            let url = URL(fileURLWithPath: path)
            let reader = try AudioReader(.file(url))
            var count = 0
            while case let block = try reader.read(upTo: 160_000), !block.isEmpty { count += block.count }
            return FidelityRecording(
                url: url, condition: url.lastPathComponent, words: nil, seconds: Double(count) / 16_000)
        }
    }

    private static func table(_ results: [FidelityResult]) -> String {
        var table = Table([
            "encoder", "MB", "WER %", "more, points", "words other than floats %", "runs deleted", "runs inserted",
            "cosine", "least", "× real time", "holds",
        ])
        for result in results {
            table.add([
                result.form, String(format: "%.1f", Double(result.bytes) / 1e6),
                result.words == 0 ? "–" : String(format: "%.2f", result.errorRate),
                result.words == 0 ? "–" : String(format: "%+.2f", result.moreErrorPoints),
                String(format: "%.2f", 100 * Double(result.differences) / Double(max(1, result.wordsOfFloats))),
                "\(result.deletedRuns.count)", "\(result.insertedRuns.count)",
                String(format: "%.5f", result.meanCosine), String(format: "%.4f", result.leastCosine),
                String(format: "%.0f", result.audioSeconds / max(0.001, result.seconds)), result.holds ? "yes" : "no",
            ])
        }
        return table.rendered
    }

    private static func note(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(text)\n".utf8))
    }
}
