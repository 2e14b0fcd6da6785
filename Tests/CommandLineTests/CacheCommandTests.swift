import Foundation
import GigaSTT
import RandomModels
import TestSupport
import Testing

@testable import GigaSTTCommand

/// Prepared encoders from outside: which are used, which are removed, and when they are made.
@Suite struct CacheCommandTests {
    private let folder: TemporaryFolder
    private let recording: String
    private var program = Program()

    init() throws {
        folder = try TemporaryFolder(model: [ModelFileName.vocabulary])
        try RandomModel.write(to: folder.url)
        recording = try Recordings.named("08").url.path
        program.environment["GIGASTT_CACHE_DIR"] = folder.path("cache")
        program.environment["GIGASTT_MODEL_DIR"] = folder.path("")
    }

    private var cache: EncoderCache { EncoderCache(at: folder.url.appendingPathComponent("cache")) }

    private func prepare() async throws -> URL {
        try await cache.prepare(ModelFolder(at: folder.url))
        let names = try FileManager.default.contentsOfDirectory(atPath: cache.url.path)
        return cache.url.appendingPathComponent(try #require(names.first { $0.contains("-ort") }))
    }

    @Test func aPreparedEncoderIsUsedUnlessItIsSwitchedOff() async throws {
        _ = try await prepare()
        let used = try await program.run(["transcribe", recording])
        #expect(used.code == 0 && used.errors.contains("(rnnt, int8, prepared"), "\(used.errors)")
        let off = try await program.run(["transcribe", "--no-cache", recording])
        #expect(off.code == 0 && off.errors.contains("(rnnt, float)"))
        var quiet = program
        quiet.environment["GIGASTT_NO_CACHE"] = "1"
        #expect(try await quiet.run(["transcribe", recording]).errors.contains("(rnnt, float)"))
        let elsewhere = try await program.run(["transcribe", "--cache-dir", folder.path("other"), recording])
        #expect(elsewhere.errors.contains("(rnnt, float)"))
    }

    /// The folder by the names of gigastt, of which those of this program go first.
    @Test func theFolderHasTheNamesOfGigastt() async throws {
        _ = try await prepare()
        let elsewhere = try await program.run(
            ["transcribe", "--optimized-cache-dir", folder.path("other"), recording])
        #expect(elsewhere.code == 0 && elsewhere.errors.contains("(rnnt, float)"), "\(elsewhere.errors)")
        let swept = try await program.run(["cache-gc", "--optimized-cache-dir", folder.path("other")])
        #expect(swept.code == 0 && swept.output.hasPrefix("optimized_cache: kept 0 graph(s), "))
        var named = program
        named.environment["GIGASTT_OPTIMIZED_CACHE_DIR"] = folder.path("other")
        #expect(try await named.run(["transcribe", recording]).errors.contains("(rnnt, int8, prepared"))
        named.environment["GIGASTT_CACHE_DIR"] = .some(nil)
        #expect(try await named.run(["transcribe", recording]).errors.contains("(rnnt, float)"))
        named.environment["GIGASTT_OPTIMIZED_CACHE_DIR"] = folder.path("cache")
        #expect(try await named.run(["transcribe", recording]).errors.contains("(rnnt, int8, prepared"))
        #expect(try await named.run(["cache-gc"]).output.hasPrefix("optimized_cache: kept 1 graph(s), "))
    }

    /// What gigastt 2 leaves in the model folder: used a month ago, and today.
    @Test func cachesOfGigasttAreSwept() async throws {
        let month = Date(timeIntervalSinceNow: -30 * 86_400)
        for (name, isOld) in [
            ("optimized_cache/old.ort", true), ("optimized_cache/new.ort", false), ("coreml_cache/a/model.bin", true),
        ] {
            let url = folder.file(name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(count: 1 << 20).write(to: url)
            if !isOld { continue }
            for path in [url.path, url.deletingLastPathComponent().path] {
                try FileManager.default.setAttributes([.modificationDate: month], ofItemAtPath: path)
            }
        }
        let old = ["optimized_cache/old.ort", "coreml_cache/a/model.bin", "coreml_cache/a"]
        #expect(try await program.shell(#"touch -a -d '30 days ago' "$@""#, old.map(folder.path)).code == 0)
        for isDryRun in [true, false] {
            let verb = isDryRun ? "would free" : "freed"
            let result = try await program.run(["cache-gc"] + (isDryRun ? ["--dry-run"] : []))
            #expect(
                result.output.hasPrefix(
                    """
                    optimized_cache: kept 1 graph(s), removed 1 (\(verb) 1.0 MiB)
                      - \(folder.path("optimized_cache/old.ort"))
                    coreml_cache: kept none, removed 1 stale (\(verb) 1.0 MiB)
                      - \(folder.path("coreml_cache/a"))

                    """), "\(result.output)\(result.errors)")
            #expect(FileManager.default.fileExists(atPath: folder.path("optimized_cache/old.ort")) == isDryRun)
        }
        #expect(FileManager.default.fileExists(atPath: folder.path("optimized_cache/new.ort")))
        // A folder that this program uses itself is not another's.
        let own = try await program.run(["cache-gc", "--days", "0", "--cache-dir", folder.path("optimized_cache")])
        #expect(own.code == 0 && own.output.hasPrefix("optimized_cache: kept 0 graph(s), removed 0 "), "\(own.output)")
    }

    @Test func kernelsAreSwitchedOffByFlagAndVariable() async throws {
        let names = try await FileManager.default.contentsOfDirectory(atPath: prepare().path)
        for command in [["transcribe", "--kernels", recording], ["doctor", "--kernels"]] {
            let result = try await program.run(command)
            #expect((result.errors + result.output).contains(" kernels") == names.contains("encoder.kernels"))
        }
        let off = try await program.run(["transcribe", "--no-kernels", recording])
        #expect(off.code == 0 && off.errors.contains("(rnnt, int8, prepared)"), "\(off.errors)")
        for (variable, value) in [("GIGASTT_NO_KERNELS", "1"), ("GIGASTT_KERNELS", "0")] {
            var quiet = program
            quiet.environment[variable] = value
            #expect(try await quiet.run(["transcribe", recording]).errors.contains("(rnnt, int8, prepared)"))
            // A flag goes before a variable.
            let on = try await quiet.run(["transcribe", "--kernels", recording])
            #expect(on.errors.contains(" kernels") == names.contains("encoder.kernels"), "\(variable): \(on.errors)")
        }
    }

    @Test func aDamagedEncoderIsSaidInOneLineAndRemoved() async throws {
        let entry = try await prepare()
        try Data("no model".utf8).write(to: entry.appendingPathComponent("encoder.onnx"))
        let result = try await program.run(["transcribe", recording])
        #expect(result.code == 0)
        #expect(result.errors.split(separator: "\n").count { $0.contains("damaged") } == 1)
        #expect(result.errors.contains("(rnnt, float)"))
        #expect(!FileManager.default.fileExists(atPath: entry.path))
        #expect(try await !program.run(["transcribe", recording]).errors.contains("damaged"))
    }

    @Test func aSweepPrintsWhatItRemoves() async throws {
        _ = try await prepare()
        let stranger = "0123456789abcdef-ort1.20.0-fedcba9876543210"
        let old = cache.url.appendingPathComponent(stranger)
        try FileManager.default.createDirectory(at: old, withIntermediateDirectories: true)
        try Data(count: 3 << 20).write(to: old.appendingPathComponent("encoder.data"))
        let unfinished = "v3_rnnt_encoder_int8.onnx.partial.\(UUID().uuidString)"
        try folder.write(Data(count: 1 << 20), as: unfinished)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: folder.path(unfinished))
        let trial = try await program.run(["cache-gc", "--dry-run"])
        let lines = [
            "optimized_cache: kept 1 graph(s), removed 1 (would free 3.0 MiB)", "  - \(old.path)",
            "coreml_cache: kept none, removed 0 stale (would free 0.0 MiB)",
            "unfinished: removed 1 (would free 1.0 MiB)", "  - \(folder.path(unfinished))", "",
        ]
        #expect(trial.code == 0)
        #expect(trial.output == lines.joined(separator: "\n"))
        #expect(FileManager.default.fileExists(atPath: old.path))
        let result = try await program.run(["cache-gc"])
        #expect(result.output == trial.output.replacingOccurrences(of: "would free", with: "freed"))
        #expect(!FileManager.default.fileExists(atPath: old.path))
        #expect(!FileManager.default.fileExists(atPath: folder.path(unfinished)))
        #expect(
            try await program.run(["cache-gc"]).output
                == "optimized_cache: kept 1 graph(s), removed 0 (freed 0.0 MiB)\n"
                + "coreml_cache: kept none, removed 0 stale (freed 0.0 MiB)\nunfinished: removed 0 (freed 0.0 MiB)\n")
        #expect(try await program.run(["transcribe", recording]).errors.contains("prepared"))
    }

    /// Lines by the contract; what is one file afterwards is told by the system.
    @Test func equalFilesBecomeOne() async throws {
        let folder = try TemporaryFolder()
        let content = Data((0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        for name in ["a.onnx", "b.onnx", "c.onnx"] { try folder.write(content, as: name) }
        try folder.write(Data(content.reversed()), as: "same-size.onnx")
        try folder.write(Data("1".utf8), as: "small")
        let arguments = ["cache-gc", "--dedupe", "--model-dir", folder.path("")]
        func nodes() throws -> Set<Int> {
            Set(
                try folder.names().compactMap {
                    try FileManager.default.attributesOfItem(atPath: folder.path($0))[.systemFileNumber] as? Int
                })
        }
        let trial = try await program.run(arguments + ["--dry-run"])
        #expect(trial.code == 0 && trial.output.hasSuffix("dedupe: 1 group(s), 2 hardlink(s), would free 2.0 MiB\n"))
        #expect(try nodes().count == 5)
        let result = try await program.run(arguments)
        #expect(result.output.hasSuffix("\ndedupe: 1 group(s), 2 hardlink(s), freed 2.0 MiB\n"))
        #expect(try nodes().count == 3)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("c.onnx"))) == content)
        #expect(try await program.run(arguments).output.hasSuffix("dedupe: 0 group(s), 0 hardlink(s), freed 0.0 MiB\n"))
    }

    @Test func aSweepOfNothingIsFineAndOfAFileIsNot() async throws {
        #expect(try await program.run(["cache-gc", "--cache-dir", folder.path("none")]).code == 0)
        try folder.write(Data(), as: "file")
        let result = try await program.run(["cache-gc", "--cache-dir", folder.path("file")])
        #expect(result.code == 1)
        #expect(result.errors.contains("--cache-dir"))
        #expect(try await program.run(["cache-gc", "--days", "-1"]).code == 2)
    }

    #if os(Linux)
        /// It is never replaced by the processor unasked.
        @Test(arguments: ["cuda", "coreml"], ["--provider", "--execution-provider"])
        func hardwareThatIsNotThereIsSaid(provider: String, name: String) async throws {
            let result = try await program.run(["transcribe", name, provider, recording])
            #expect(result.code == 1 && result.output.isEmpty)
            #expect(result.errors.contains("ONNXRUNTIME_LIB"))
        }

        @Test(arguments: ["GIGASTT_PROVIDER", "GIGASTT_EXECUTION_PROVIDER"])
        func hardwareOfAVariableThatIsNotThereIsSaid(variable: String) async throws {
            var program = program
            program.environment[variable] = "cuda"
            let result = try await program.run(["transcribe", recording])
            #expect(result.code == 1 && result.errors.contains("ONNXRUNTIME_LIB"))
            // A flag goes before a variable.
            #expect(try await program.run(["transcribe", "--execution-provider", "cpu", recording]).code == 0)
        }

        @Test func aServerDoesNotStartWithoutTheHardware() async throws {
            let result = try await program.run(["serve", "--port", "0", "--execution-provider", "cuda"])
            #expect(result.code == 1 && result.output.isEmpty && result.errors.contains("ONNXRUNTIME_LIB"))
        }
    #endif

    @Test func theProviderIsASetting() async throws {
        #expect(try await program.run(["transcribe", "--provider", "tpu", recording]).code == 2)
        #expect(try await program.run(["transcribe", "--execution-provider", "tpu", recording]).code == 2)
        for variable in ["GIGASTT_PROVIDER", "GIGASTT_EXECUTION_PROVIDER"] {
            var program = program
            program.environment[variable] = "tpu"
            let result = try await program.run(["transcribe", recording])
            #expect(result.code == 2 && result.errors.contains(variable))
        }
        #expect(try await program.run(["transcribe", "--provider", "cpu", recording]).code == 0)
    }

    @Test func onlyWhatTakesSecondsIsWaitedFor() {
        func plan(_ byteCount: Int64?, isLongRunning: Bool = false, freeMemory: Int64? = nil) -> PreparationPlan {
            PreparationPlan(byteCount: byteCount, isLongRunning: isLongRunning, freeMemory: freeMemory)
        }
        #expect(plan(nil) == .nothing)
        #expect(plan(3_000_000) == .nothing)
        // The published encoders: of integers 225 MB, of floats 885 MB.
        #expect(plan(225_000_000) == .first)
        #expect(plan(225_000_000, isLongRunning: true) == .first)
        #expect(plan(885_000_000) == .advise)
        #expect(plan(885_000_000, isLongRunning: true) == .meanwhile)
        #expect(plan(885_000_000, isLongRunning: true, freeMemory: 4_000_000_000) == .meanwhile)
        #expect(plan(885_000_000, isLongRunning: true, freeMemory: 2_000_000_000) == .advise)
    }

    @Test func freeMemoryIsWhatTheSystemSays() {
        #expect(FreeMemory.available("MemTotal: 5 kB\nMemAvailable:    1024 kB\n") == 1_048_576)
        #expect(FreeMemory.available("MemAvailable: 9223372036854775807 kB") == nil)
        #expect(FreeMemory.available("") == nil)
    }
}
