import Foundation
import TestSupport
import Testing

/// Ctrl-C, and recordings without an end.
@Suite struct InterruptionTests {
    @Test func anInterruptedRunEndsSoonAndLeavesNoFile() async throws {
        let folder = try TemporaryFolder()
        // Ten hours by the header, of which an hour is there: more than is recognised in this test's time.
        let samples = try Data(contentsOf: Recordings.named("10").url).dropFirst(44)
        let path = try folder.write(WaveFile.header(byteCount: 1_152_000_000), as: "long.wav")
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        for _ in 0..<68 { try file.write(contentsOf: samples) }
        try file.close()
        let program = try RunningProgram(Program(), ["transcribe", path, "-o", folder.path("out")])
        await program.waitFor("Model:")
        let clock = ContinuousClock()
        let start = clock.now
        program.interrupt()
        #expect(await program.end() == 130)
        // It is a tenth of a second where nothing else runs; an hour is recognised in a minute at least.
        #expect(clock.now - start < .seconds(10))
        #expect(try folder.names() == ["long.wav"])
    }

    @Test(arguments: [(SIGINT, "Interrupted by Ctrl-C"), (SIGTERM, "Terminated by SIGTERM")])
    func aRunThatWaitsForItsInputCanBeInterrupted(signal: Int32, message: String) async throws {
        let program = try RunningProgram(Program(), ["transcribe", "-"])
        try program.input.write(contentsOf: WaveFile.header(byteCount: 0xFFFF_FFD0))
        await program.waitFor("Model:")
        kill(program.identifier, signal)
        #expect(await program.rest().hasSuffix(message + "\n"))
        #expect(await program.end() == 128 + signal)
    }

    #if os(Linux)
        /// What is written has been read but for the few seconds that a pipe holds, so there is no need to wait.
        @Test func tenMinutesOfSilenceTakeTheMemoryOfOne() async throws {
            let program = try RunningProgram(Program(), ["transcribe", "-"])
            try program.input.write(contentsOf: WaveFile.header(byteCount: 0xFFFF_FFD0))
            let first = try await memory(of: program, afterSilence: 60)
            let last = try await memory(of: program, afterSilence: 540)
            try program.input.close()
            #expect(await program.end() == 0)
            // Nine minutes of samples are 34 MB, and of features 14 MB.
            #expect(last - first < 8_000, "\(first) kB became \(last) kB")
        }

        private func memory(of program: RunningProgram, afterSilence seconds: Int) async throws -> Int {
            let input = program.input
            let written = await onThread {
                Result { for _ in 0..<seconds { try input.write(contentsOf: Data(count: 32_000)) } }
            }
            try written.get()
            let status = try String(contentsOfFile: "/proc/\(program.identifier)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
            return try #require(Int(line.split(separator: " ").dropFirst().first ?? ""))
        }
    #endif
}
