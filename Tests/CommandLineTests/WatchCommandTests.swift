import Foundation
import TestSupport
import Testing

/// `gigastt watch` through the built program.
@Suite struct WatchCommandTests {
    private let folder: TemporaryFolder
    private var input: String { folder.path("in") }
    private var output: String { folder.path("out") }
    private var manager: FileManager { .default }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("in"), withIntermediateDirectories: true)
    }

    private func add(_ name: String, as path: String) throws {
        try manager.copyItem(atPath: Recordings.named(name).url.path, toPath: "\(input)/\(path)")
    }

    private func start(_ arguments: [String] = []) async throws -> RunningProgram {
        let program = try RunningProgram(
            Program(), ["watch", input, output, "--poll-interval-ms", "20", "--format", "txt"] + arguments)
        await program.waitFor("Watching ")
        return program
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(output)/\(name)", encoding: .utf8)
    }

    @Test func recordingsAreTranscribedAsTheyArriveAndOnceOverRestarts() async throws {
        try add("06", as: "before.wav")
        let first = try await start()
        await first.waitFor("before.wav: -> before.txt")
        try add("07", as: "during.wav")
        await first.waitFor("during.wav: -> during.txt")
        first.interrupt()
        let rest = await first.rest()
        #expect(await first.end() == 0 && rest.contains("processed=2 failed=0 skipped=0"))
        // What arrives while nothing runs is not lost, and what is done is not repeated.
        try add("08", as: "between.wav")
        let second = try await start()
        await second.waitFor("between.wav: -> between.txt")
        kill(second.identifier, SIGTERM)
        let end = await second.rest()
        #expect(await second.end() == 0 && end.contains("processed=1 failed=0"), "\(end)")
        for (name, recording) in [("before", "06"), ("during", "07"), ("between", "08")] {
            #expect(try await text("\(name).txt") == heard(recording))
        }
    }

    @Test func aKilledWatchGoesOnWithoutLossOrRepetition() async throws {
        for (index, name) in ["06", "07", "08", "09", "12"].enumerated() { try add(name, as: "r\(index).wav") }
        let first = try await start(["--pool-size", "1", "--move-to", folder.path("done")])
        await first.waitFor("2 of ")
        kill(first.identifier, SIGKILL)
        #expect(await first.end() == 128 + SIGKILL)
        let second = try await start(["--pool-size", "1", "--move-to", folder.path("done")])
        var (said, more) = ("", " ")
        // It says nothing more when it has ended.
        while try manager.contentsOfDirectory(atPath: folder.path("done")).count < 5, !more.isEmpty {
            more = await second.waitFor(" done)")
            said += more
        }
        second.interrupt()
        said += await second.rest()
        #expect(await second.end() == 0, "\(said)")
        for (index, name) in ["06", "07", "08", "09", "12"].enumerated() {
            #expect(try await text("r\(index).txt") == heard(name))
        }
        #expect(try manager.contentsOfDirectory(atPath: input).isEmpty)
        // One output for each, although two processes worked on them.
        #expect(try manager.contentsOfDirectory(atPath: output).count { !$0.hasPrefix(".") } == 5)
    }

    @Test func whatIsThereCanBeLeftOut() async throws {
        try add("06", as: "old.wav")
        let first = try await start(["--skip-existing"])
        try add("07", as: "new.wav")
        await first.waitFor("new.wav: -> new.txt")
        first.interrupt()
        _ = await first.rest()
        #expect(await first.end() == 0 && !manager.fileExists(atPath: output + "/old.txt"))
        // A restart does not leave out what came since.
        try add("08", as: "later.wav")
        let second = try await start(["--skip-existing"])
        await second.waitFor("later.wav: -> later.txt")
        // A change makes an old recording a new one.
        try manager.removeItem(atPath: input + "/old.wav")
        try add("09", as: "old.wav")
        await second.waitFor("old.wav: -> old.txt")
        second.interrupt()
        _ = await second.rest()
        #expect(await second.end() == 0)
        #expect(try await text("old.txt") == heard("09"))
    }

    @Test func aFileThatGrowsIsTakenUpWhenItIsWhole() async throws {
        let program = try await start(["--settle-polls", "25"])
        let data = try Data(contentsOf: Recordings.named("06").url)
        let url = URL(fileURLWithPath: input + "/slow.wav")
        try data.prefix(10_000).write(to: url)
        let handle = try FileHandle(forWritingTo: url)
        try handle.seekToEnd()
        try handle.write(contentsOf: data.dropFirst(10_000))
        try handle.close()
        await program.waitFor("slow.wav: -> slow.txt")
        #expect(try await text("slow.txt") == heard("06"))
        // One that fails is not tried again until it changes, and the exit code reports it.
        try Data("x".utf8).write(to: URL(fileURLWithPath: input + "/bad.wav"))
        await program.waitFor("bad.wav: failed")
        program.interrupt()
        let rest = await program.rest()
        #expect(await program.end() == 1 && rest.contains("processed=1 failed=1 skipped=0"))
    }

    @Test func whatGigasttClampsIsMovedIntoItsRange() async throws {
        let program = try RunningProgram(
            Program(), ["watch", input, output, "--settle-polls", "0", "--pool-size", "0", "--poll-interval-ms", "20"])
        let start = await program.waitFor("Watching ")
        #expect(start.contains("settle-polls must be 1 to 1000000; using 1"))
        #expect(start.contains("pool-size must be 1 to 1024; using 1"))
        program.interrupt()
        _ = await program.rest()
        #expect(await program.end() == 0)
    }

    @Test func recordingsAreNotMovedToWhereTheyAre() async throws {
        try manager.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: input)
        for target in [input, folder.path("link"), input + "/../in/"] {
            for command in ["watch", "transcribe-batch"] {
                let result = try await Program().run([command, input, output, "--move-to", target])
                #expect(result.code == 2 && result.errors.contains("--move-to"), "\(result.errors)")
            }
        }
    }

    @Test(arguments: [["--poll-interval-ms", "0"], ["--report", "x"], ["--retries", "x"]])
    func mistakesAreUsageErrors(_ arguments: [String]) async throws {
        #expect(try await Program().run(["watch", input, output] + arguments).code == 2)
    }
}
