import Foundation
import TestSupport
import Testing

/// `gigastt transcribe-batch` that is killed, interrupted or started twice.
@Suite struct BatchEndingTests {
    private static let count = 16

    private let folder: TemporaryFolder
    private var input: String { folder.path("in") }
    private var output: String { folder.path("out") }
    private var arguments: [String] { ["transcribe-batch", input, output, "--pool-size", "1", "--format", "txt,srt"] }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("in"), withIntermediateDirectories: true)
    }

    /// Recordings that say the same and differ by what is behind their samples.
    private func fill() throws {
        let data = try Data(contentsOf: Recordings.named("12").url)
        for index in 0..<Self.count {
            try (data + Data(repeating: 1, count: index))
                .write(to: URL(fileURLWithPath: "\(input)/r\(index).wav"))
        }
    }

    /// A WAV file that says the same `count` times: it is recognised for long enough to be killed meanwhile.
    private func repeated(_ name: String, count: Int) throws -> Data {
        let (data, headerSize) = (try Data(contentsOf: Recordings.named(name).url), 44)
        var file = Data(data.prefix(headerSize))
        for _ in 0..<count { file += data.dropFirst(headerSize) }
        for (place, size) in [(4, file.count - 8), (40, file.count - headerSize)] {
            file.replaceSubrange(place..<place + 4, with: withUnsafeBytes(of: UInt32(size).littleEndian) { Data($0) })
        }
        return file
    }

    /// The outputs without the ledger.
    private func outputs() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: output).filter { !$0.hasPrefix(".") }
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(output)/\(name)", encoding: .utf8)
    }

    @Test func aKilledRunGoesOnWhereItWas() async throws {
        try fill()
        let first = try RunningProgram(Program(), arguments)
        await first.send(SIGKILL, after: "2 of \(Self.count) done")
        #expect(await first.end() == 128 + SIGKILL)
        // Whole outputs only, whatever was being written.
        for name in try outputs() { #expect(try !text(name).isEmpty) }
        let second = try await Program().run(arguments)
        #expect(second.code == 0)
        let counts = try #require(second.errors.firstMatch(of: /processed=(\d+) failed=0 skipped=(\d+)/))
        let (processed, skipped) = (try #require(Int(counts.1)), try #require(Int(counts.2)))
        #expect(processed + skipped == Self.count && skipped >= 2)
        #expect(try outputs().count == 2 * Self.count)
        let expected = try await heard("12")
        for index in 0..<Self.count { #expect(try text("r\(index).txt") == expected) }
    }

    @Test func aRecordingThatEndsTheProgramIsLeftOutAfterThreeAttempts() async throws {
        let data = try Data(contentsOf: Recordings.named("12").url)
        for (name, more) in [("good", 0), ("late", 1)] {
            try (data + Data(repeating: 1, count: more)).write(to: URL(fileURLWithPath: "\(input)/\(name).wav"))
        }
        let ledger = "\(output)/.gigastt-batch.jsonl"
        try repeated("11", count: 100).write(to: URL(fileURLWithPath: "\(input)/deadly.wav"))
        for attempt in 1...3 {
            let program = try RunningProgram(Program(), arguments)
            let line = try await Program().shell(
                """
                grep -m 1 -E 'deadly.wav.*"attempts":\(attempt)|"attempts":\(attempt).*deadly.wav' \\
                    <(tail -n +1 -F --pid=\(program.identifier) "$1" 2>/dev/null)
                """, [ledger])
            kill(program.identifier, SIGKILL)
            #expect(line.code == 0, "The program ended without a line for attempt \(attempt).")
            #expect(await program.end() == 128 + SIGKILL)
            // The others come first from the second run on.
            if attempt > 1 { #expect(try outputs().count == 2 * 2) }
        }
        let report = folder.path("report.json")
        let last = try await Program().run(arguments + ["--report", report])
        #expect(last.code == 1 && last.errors.contains("its recognition ended the program 3 times"), "\(last.errors)")
        #expect(last.errors.contains("processed=0 failed=1 skipped=2"))
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: report)))
        let files = (object as? [String: Any])?["files"] as? [[String: Any]] ?? []
        #expect(files.first { $0["path"] as? String == "deadly.wav" }?["code"] as? String == "ends_process")
        // A changed file is tried again.
        try Data(contentsOf: Recordings.named("06").url).write(to: URL(fileURLWithPath: "\(input)/deadly.wav"))
        let changed = try await Program().run(arguments)
        #expect(changed.code == 0 && changed.errors.contains("processed=1 failed=0 skipped=2"))
    }

    @Test func controlCFinishesWhatRunsAndSaysHowToGoOn() async throws {
        try fill()
        let program = try RunningProgram(Program(), arguments)
        await program.send(SIGINT, after: "1 of \(Self.count) done")
        let errors = await program.rest()
        #expect(await program.end() == 130)
        #expect(errors.contains("Finishing the recordings in work."))
        let left = try #require(errors.firstMatch(of: /Interrupted: (\d+) recordings are left/).flatMap { Int($0.1) })
        #expect(errors.contains("Continue with: gigastt \(arguments.joined(separator: " "))"))
        let finished = Self.count - left
        #expect(left >= 1 && finished >= 1, "\(errors)")
        #expect(try outputs().count == 2 * finished, "\(errors)")
        let second = try await Program().run(arguments)
        #expect(second.code == 0 && second.errors.contains("processed=\(left) failed=0 skipped=\(finished)"))
    }

    @Test func twoProgramsDoNotShareAFolder() async throws {
        try fill()
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        let ledger = open("\(output)/.gigastt-batch.jsonl", O_RDWR | O_CREAT, 0o644)
        defer { close(ledger) }
        #expect(flock(ledger, LOCK_EX | LOCK_NB) == 0)
        for command in ["transcribe-batch", "watch"] {
            let result = try await Program().run([command, input, output])
            #expect(result.code == 1 && result.errors.contains("Another gigastt writes to"), "\(result.errors)")
            #expect(!result.errors.contains("Model:"))
        }
    }
}
