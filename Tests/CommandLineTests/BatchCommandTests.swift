import Foundation
import TestSupport
import Testing

/// `gigastt transcribe-batch` through the built program, with real recordings.
@Suite struct BatchCommandTests {
    private let folder: TemporaryFolder
    private var input: String { folder.path("in") }
    private var output: String { folder.path("out") }
    private var manager: FileManager { .default }

    init() throws {
        folder = try TemporaryFolder()
        for name in ["in", "in/a", "in/b"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
    }

    private func add(_ name: String, as path: String) throws {
        let target = URL(fileURLWithPath: input).appendingPathComponent(path)
        try manager.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try manager.copyItem(at: Recordings.named(name).url, to: target)
    }

    private func run(_ arguments: [String] = []) async throws -> Program.Result {
        try await Program().run(["transcribe-batch", input, output] + arguments)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(output)/\(name)", encoding: .utf8)
    }

    /// The outputs without the ledger.
    private func outputs() throws -> [String] {
        try manager.contentsOfDirectory(atPath: output).filter { !$0.hasPrefix(".") }.sorted()
    }

    @Test func aFolderIsTranscribedAndASecondRunDoesNothing() async throws {
        try add("06", as: "weather.wav")
        try add("07", as: "a/call.WAV")
        try add("08", as: ".hidden.wav")
        try Data("x".utf8).write(to: URL(fileURLWithPath: input + "/notes.txt"))
        let first = try await run(["--report", folder.path("report.json")])
        #expect(first.code == 0, "\(first.errors)")
        #expect(try outputs() == ["call.json", "call.txt", "weather.json", "weather.txt"])
        #expect(try await text("weather.txt") == heard("06"))
        #expect(try await text("call.txt") == heard("07"))
        #expect(first.errors.contains("Summary: processed=2 failed=0 skipped=0 audio_seconds="))
        #expect(first.errors.contains("2 of 2 done"))
        let report =
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(fileURLWithPath: folder.path("report.json")))) as? [String: Any] ?? [:]
        #expect(report["processed"] as? Int == 2 && (report["files"] as? [Any])?.count == 2)
        let second = try await run()
        #expect(second.code == 0 && second.errors.contains("processed=0 failed=0 skipped=2"))
        // Other options are other work; outputs that were deleted are made again.
        #expect(try await run(["--format", " srt,,SRT , txt"]).errors.contains("processed=2 failed=0 skipped=0"))
        #expect(try outputs().contains("call.srt"))
        try manager.removeItem(atPath: output + "/call.srt")
        #expect(try await run(["--format", "srt,txt"]).errors.contains("processed=1 failed=0 skipped=1"))
    }

    @Test func equalStemsAndEqualContents() async throws {
        try add("06", as: "a/x.wav")
        try add("07", as: "b/x.wav")
        try add("06", as: "copy.wav")
        let result = try await run(["--format", "txt"])
        #expect(result.code == 0, "\(result.errors)")
        let names = try outputs()
        #expect(names.count == 3 && names.contains("x.txt") && names.contains("copy.txt"))
        let texts = Set(try names.filter { $0.hasPrefix("x") }.map(text))
        #expect(try await texts == [heard("06"), heard("07")])
        #expect(try await text("copy.txt") == heard("06"))
        // Two contents were recognised.
        let seconds = try ["06", "07"].map { Double(try Recordings.samples(Recordings.named($0)).count) / 16_000 }
        #expect(
            result.errors.contains("processed=3")
                && result.errors.contains(
                    "audio_seconds=\(((seconds[0] + seconds[1]) * 10).rounded() / 10)")
        )
        #expect(try await run(["--format", "txt"]).errors.contains("processed=0 failed=0 skipped=3"))
    }

    @Test func aFileThatFailsIsReportedAndTheOthersAreDone() async throws {
        try add("06", as: "good.wav")
        try Data().write(to: URL(fileURLWithPath: input + "/empty.wav"))
        try Data("no audio".utf8).write(to: URL(fileURLWithPath: input + "/b/bad.mp3"))
        let result = try await run(["--report", folder.path("report.txt"), "--retries", "1", "--delete-source"])
        #expect(result.code == 1)
        #expect(result.errors.contains("processed=1 failed=2 skipped=0"))
        #expect(result.errors.contains("empty.wav: Empty audio payload"))
        let report = try String(contentsOfFile: folder.path("report.txt"), encoding: .utf8)
        #expect(
            report.contains("failed   b/bad.mp3: Unsupported audio format")
                && report.contains("done     good.wav -> good.txt, good.json"))
        // What failed stays, and is tried again; what was done is gone.
        #expect(!manager.fileExists(atPath: input + "/good.wav") && manager.fileExists(atPath: input + "/empty.wav"))
        #expect(try await run().errors.contains("processed=0 failed=2 skipped=0"))
    }

    @Test func recordingsMoveAndNothingIsOverwritten() async throws {
        for round in 0..<2 {
            try add(round == 0 ? "06" : "07", as: "x.wav")
            let result = try await run(["--format", "txt", "--move-to", input + "/done"])
            #expect(result.code == 0 && result.errors.contains("processed=1"), "\(result.errors)")
        }
        #expect(try manager.contentsOfDirectory(atPath: input + "/done").sorted() == ["x-2.wav", "x.wav"])
        // Both recordings were called x.wav: both transcripts are there.
        let names = try outputs()
        #expect(names.count == 2)
        let texts = Set(try names.map(text))
        #expect(try await texts == [heard("06"), heard("07")])
        let nothing = try await run(["--format", "txt", "--move-to", input + "/done"])
        #expect(nothing.code == 0 && nothing.errors.contains("There are no recordings in"))
    }

    @Test func mistakesAreFoundBeforeTheModelIsLoaded() async throws {
        try add("06", as: "x.wav")
        for (arguments, code, words) in [
            (["--format", "docx"], 1, "unsupported export format: docx"),
            (["--format", " ,"], 1, "at least one export format is required"),
            (["--move-to", folder.path("m"), "--delete-source"], 2, "exclude each other"),
            (["--retries", "-1"], 2, "--retries"),
            (["--codec", "pcmu"], 2, "--codec"), (["--captions", "wide"], 2, "captions"),
        ] as [([String], Int32, String)] {
            let result = try await run(arguments)
            #expect(result.code == code && result.errors.contains(words), "\(arguments): \(result.errors)")
            #expect(!result.errors.contains("Model:"))
        }
        let missing = try await Program().run(["transcribe-batch", folder.path("nowhere"), output])
        #expect(missing.code == 1 && missing.errors.contains("input directory not found: "))
        let file = try await Program().run(["transcribe-batch", input, input + "/x.wav"])
        #expect(file.code == 1 && file.errors.contains("cannot be written: Not a directory"))
    }

    @Test func aRunWithoutRecordingsIsReportedToo() async throws {
        let result = try await run(["--report", folder.path("report.json"), "--pool-size", "0"])
        #expect(result.code == 0 && result.errors.contains("There are no recordings in \(input)."))
        #expect(result.errors.contains("Summary: processed=0 failed=0 skipped=0"))
        let report = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: folder.path("report.json"))))
        #expect((report as? [String: Any])?["files"] as? [String] == [])
    }

    /// The program may open no folder: it has as many files as it is allowed.
    @Test func aFolderThatCannotBeReadIsAFailure() async throws {
        let report = folder.path("report.txt")
        let result = try await Program().shell(
            """
            if [ "$(id -u)" = 0 ]; then drop='setpriv --reuid 65534 --regid 65534 --clear-groups'; chmod 755 "$3"; fi
            mkdir -m 777 "$2" && chmod 311 "$1" && $drop "$0" transcribe-batch "$1" "$2" --report "$2/report.txt"
            code=$?; chmod 755 "$1"; exit $code
            """, [input, output, folder.url.path])
        #expect(result.code == 1 && result.errors.contains("The folder \(input) cannot be read: Permission denied."))
        #expect(result.errors.contains("Summary: processed=0"))
        #expect(try text("report.txt").hasPrefix("processed=0"), "\(report)")
    }

    @Test(.enabled(if: geteuid() != 0, "the administrator may write everywhere"))
    func aFolderThatCannotBeWrittenIsAnError() async throws {
        try add("06", as: "x.wav")
        try manager.createDirectory(
            atPath: output, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o555])
        let result = try await run()
        #expect(result.code == 1 && result.errors.contains("cannot be written: Permission denied"))
    }

    @Test func aFullDiskEndsTheRunAndLosesNothing() async throws {
        try add("11", as: "x.wav")
        try add("12", as: "y.wav")
        // No file may be longer than a block: the ledger fits, the transcripts do not.
        let result = try await Program().shell(
            #"trap '' XFSZ; ulimit -f 1; "$0" transcribe-batch "$1" "$2" --format json --pool-size 1"#, [input, output])
        #expect(result.code == 1 && result.errors.contains("cannot be written: File too large"), "\(result.errors)")
        #expect(try outputs().isEmpty)
        #expect(try manager.contentsOfDirectory(atPath: output) == [".gigastt-batch.jsonl"])
        #expect(try await run(["--format", "json"]).errors.contains("processed=2 failed=0 skipped=0"))
    }

    @Test func namesAreBytes() async throws {
        try add("06", as: "x.wav")
        // A line feed, and a byte that is no UTF-8.
        let names = try await Program().shell(
            #"mv "$1/x.wav" "$1/"$'new\nline.wav' && cp "$1/"$'new\nline.wav' "$1/"$'bad\xff.wav' && echo x >> "$1/"$'bad\xff.wav'"#,
            [input])
        #expect(names.code == 0)
        let result = try await run(["--format", "txt", "--report", folder.path("r.json")])
        #expect(result.code == 0, "\(result.errors)")
        #expect(
            result.errors.contains(#"new\x0aline.wav: -> new\x0aline.txt"#) && result.errors.contains(#"bad\xff.wav"#))
        let listing = try await Program().shell(
            #"cd "$1" && cat $'new\nline.txt' && echo && cat $'bad\xff.txt'"#, [output])
        let text = try await heard("06")
        #expect(listing.code == 0 && listing.output == text + "\n" + text)
        #expect(try await run(["--format", "txt"]).errors.contains("skipped=2"))
    }

    @Test func hundredsOfShortRecordingsNeedNoMoreMemory() async throws {
        // Silence of different lengths.
        for index in 0..<400 {
            let data = WaveFile.data([Float](repeating: 0, count: 1_600 + index))
            try data.write(to: URL(fileURLWithPath: "\(input)/s\(index).wav"))
        }
        let peaks = try await [["--pool-size", "1"], ["--pool-size", "8"]].asyncMap { arguments in
            let target = folder.path("out" + arguments[1])
            let result = try await Program().shell(
                #"/usr/bin/env python3 -c 'import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)' "$0" transcribe-batch "$@""#,
                [input, target, "--format", "txt"] + arguments)
            #expect(
                result.code == 0 && result.errors.contains("processed=400 failed=0 skipped=0"),
                "\(result.errors.suffix(500))")
            return try #require(Int(result.output.split(separator: "\n").last ?? ""))
        }
        let single = try await Program().shell(
            #"/usr/bin/env python3 -c 'import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)' "$0" transcribe "$@" -f json -o /dev/null"#,
            [input + "/s0.wav"])
        let alone = try #require(Int(single.output.split(separator: "\n").last ?? ""))
        // Kilobytes; one recording alone is the measure.
        #expect(peaks.allSatisfy { $0 < alone + 40_000 }, "\(peaks) and \(alone) alone")
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
