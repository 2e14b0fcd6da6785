import ArgumentParser
import Foundation
import GigaSTT
import STTEncoderCache

/// `gigastt-bench peers`: other engines and ours, on the same model and the same recordings, in turn.
struct PeersBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers", abstract: "Speed and memory beside gigastt 2, onnx-asr and plain ONNX Runtime.",
        discussion: "Run it in the root of the repository, with nothing else running.")

    @Option(help: "Model folder with fp32 and int8 encoder; default: a random one of the real shape, made here.")
    var modelDir: String?

    @Option(help: "Environment of the peers; made by Tools/Peers/make.sh when it is not there.")
    var environment = ".build/peers"

    @Option(help: "Another Python, with onnx-asr and ONNX Runtime; then nothing is made.")
    var python: String?

    @Option(parsing: .upToNextOption, help: "Numbers of threads to measure with.")
    var threads = [1, 2]

    @Option(parsing: .upToNextOption, help: "Sets: demo (Demo/*.wav, one by one), or a joined clip such as 16s.")
    var sets = ["demo", "16s", "60s"]

    @Option(help: "Rounds that count, after one that warms up.")
    var repetitions = 5

    @Option(parsing: .upToNextOption, help: "Engines to measure, by parts of their names; default: all.")
    var engines: [String] = []

    @Option(help: "Write all figures to this file.")
    var json: String?

    func validate() throws {
        guard repetitions > 0, !threads.isEmpty, threads.allSatisfy({ (1...256).contains($0) }) else {
            throw ValidationError("measure at least once, with 1 to 256 threads")
        }
        guard Set(sets).count == sets.count, !sets.isEmpty else { throw ValidationError("name each set once") }
    }

    func run() async throws {
        let work = FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-peers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: work) }
        let recordings = try PeerRecordings(sets, in: work)
        let places = try await places(in: work)
        let chosen = PeerEngine.all.filter { engine in
            engines.isEmpty || engines.contains { engine.name.contains($0) }
        }
        if chosen.isEmpty { throw ValidationError("engines are \(PeerEngine.all.map(\.name))") }
        let race = PeerRace(places: places, recordings: recordings, repetitions: repetitions)
        var records: [String: [PeerRecord]] = [:]
        for count in threads {
            let measured = race.run(chosen, threads: count) { Self.note($0) }
            records["\(count)"] = measured
            print(Self.report(PeerTables(records: measured), recordings, threads: count))
        }
        if let json { try JSONEncoder().encode(records).write(to: URL(fileURLWithPath: json)) }
    }

    private static func report(_ tables: PeerTables, _ recordings: PeerRecordings, threads: Int) -> String {
        let parts = recordings.groups.flatMap { group in
            [
                String(format: "%@, %.1f s, threads: %d", group.name, group.seconds, threads), tables.times(of: group),
                tables.ratios(of: group),
            ]
        }
        return (parts + ["Start and memory, threads: \(threads)", tables.starts, ""]).joined(separator: "\n\n")
    }

    private func places(in work: URL) async throws -> PeerPlaces {
        let environment = URL(fileURLWithPath: environment)
        if python == nil { try Self.make("Tools/Peers/make.sh", environment) }
        let model = URL(fileURLWithPath: modelDir ?? ".build/full-size-quiet")
        if modelDir == nil, !Self.exists(Self.encoder, in: model) {
            try Self.make("Tools/FullSizeModel/make.sh", model, "--quiet")
        }
        let interpreter = python.map { URL(fileURLWithPath: $0) }
        let places = PeerPlaces(
            model: model, environment: environment,
            python: interpreter ?? environment.appendingPathComponent("python/bin/python"),
            folders: work.appendingPathComponent("encoders"))
        try Self.link(model, to: places.folder(.plain))
        // From the file that users have: the int8 encoder as it is published.
        try Self.quantize(model.appendingPathComponent(Self.encoder), .fast, places, .fast)
        let floats = model.appendingPathComponent("v3_rnnt_encoder.onnx")
        // Each engine that lacks it says so in the tables.
        if FileManager.default.fileExists(atPath: floats.path) {
            try Self.quantize(floats, .matmul, places, .matmul)
        }
        Self.note("preparing")
        try await EncoderCache(at: places.cache).prepare(ModelFolder(at: places.folder(.plain)))
        return places
    }

    private static let encoder = "v3_rnnt_encoder_int8.onnx"

    /// Fills a folder with the model of which another form of the encoder is made.
    private static func quantize(
        _ source: URL, _ form: Quantizer.Form, _ places: PeerPlaces, _ folder: PeerEngine.Folder
    ) throws {
        note("quantizing: \(folder)")
        let folder = places.folder(folder)
        try link(places.model, to: folder)
        try FileManager.default.removeItem(at: folder.appendingPathComponent(encoder))
        try Quantizer(form).quantize(source, to: folder.appendingPathComponent(encoder))
    }

    /// A folder with links to what a quantised model consists of.
    private static func link(_ model: URL, to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let names = [encoder, "v3_rnnt_decoder.onnx", "v3_rnnt_joint.onnx", "v3_vocab.txt"]
        for name in names {
            guard exists(name, in: model) else { throw ValidationError("\(name) is missing in \(model.path)") }
            try FileManager.default.createSymbolicLink(
                at: folder.appendingPathComponent(name), withDestinationURL: model.appendingPathComponent(name))
        }
    }

    private static func exists(_ name: String, in folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }

    private static func make(_ script: String, _ folder: URL, _ options: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["bash", script, folder.path] + options
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ValidationError("\(script) failed") }
    }

    private static func note(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(text)\n".utf8))
    }
}
