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
            return try program.memory("VmHWM")
        }

        /// 120, or GIGASTT_TEST_SPEECH_SECONDS.
        private static let speechSeconds =
            ProcessInfo.processInfo.environment["GIGASTT_TEST_SPEECH_SECONDS"].flatMap(Int.init) ?? 120

        /// With speakers told apart, as long again takes hardly more memory: 7 MB for the second hour, of which 3 MB are
        /// kept. What an utterance needed for itself goes back to the system: without large blocks that are mapped by
        /// themselves, nothing of it does.
        @Test func twiceTheSpeechTakesHardlyMoreMemory() async throws {
            let program = try RunningProgram(Program(), ["transcribe", "-", "--diarization"])
            try program.input.write(contentsOf: WaveFile.header(byteCount: 0xFFFF_FFD0))
            let first = try await memory(of: program, afterSpeech: Self.speechSeconds)
            let last = try await memory(of: program, afterSpeech: Self.speechSeconds)
            try program.input.close()
            #expect(await program.end() == 0)
            let limit = 5_000 + Self.speechSeconds * 10_000 / 3_600
            #expect(last.peak - first.peak < limit, "\(first.peak) kB became \(last.peak) kB")
            #expect(first.returned + last.returned > 1_000)
        }

        /// In kB: the largest so far, and all that the program gave back while it read these seconds.
        private func memory(
            of program: RunningProgram, afterSpeech seconds: Int
        ) async throws -> (peak: Int, returned: Int) {
            let speech = try Data(contentsOf: Recordings.named("10").url).dropFirst(44)
            let returned = await onThread {
                Result {
                    var (before, returned) = (0, 0)
                    for second in 0..<seconds {
                        let start = speech.startIndex + second * 32_000 % (speech.count - 32_000)
                        try program.input.write(contentsOf: speech[start..<start + 32_000])
                        let now = try program.memory("RssAnon")
                        returned += max(0, before - now)
                        before = now
                    }
                    return returned
                }
            }
            return (try program.memory("VmHWM"), try returned.get())
        }
    #endif
}

#if os(Linux)
    extension RunningProgram {
        /// A line of the status of the process, in kB.
        fileprivate func memory(_ name: String) throws -> Int {
            let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(name):") })
            return try #require(Int(line.split(separator: " ").dropFirst().first ?? ""))
        }
    }
#endif
