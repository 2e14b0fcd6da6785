import Foundation
import TestSupport
import Testing

/// Live speech on standard input.
@Suite struct ListenCommandTests {
    /// Samples of a recording without its header: what `ffmpeg -f s16le -` writes.
    private func raw(_ name: String) throws -> Data { try Data(contentsOf: Recordings.named(name).url).dropFirst(44) }

    @Test func theLinesAreTheTextOfTheFile() async throws {
        let file = try await Program().run(["transcribe", Recordings.named("12").url.path])
        let live = try await Program().run(["listen"], input: raw("12"))
        #expect(live.code == 0)
        #expect(live.output.split(separator: "\n").joined(separator: " ") + "\n" == file.output)
        // Its pauses are longer than half a second: an utterance is a line.
        #expect(live.output.split(separator: "\n").count == 4)
        #expect(live.errors.contains("Model: gigastt-demo"))
        #expect(!live.errors.contains("\u{1B}"))
    }

    @Test func everyEventIsALineOfJSON() async throws {
        struct Event: Decodable {
            let type: String
            let text: String?
            let endpoint: String?
        }
        let result = try await Program().run(["listen", "--json"], input: raw("04"))
        let events = try result.output.split(separator: "\n").map {
            try JSONDecoder().decode(Event.self, from: Data($0.utf8))
        }
        #expect(events.first?.type == "speech_started")
        #expect(events.contains { $0.type == "partial" })
        let finals = events.filter { $0.type == "final" }
        #expect(finals.compactMap(\.text).joined(separator: " ") == (try Recordings.named("04").written))
        #expect(finals.last?.endpoint == "endOfInput")
    }

    @Test func aContainerIsRefusedByItsName() async throws {
        let result = try await Program().run(["listen"], input: Data(contentsOf: Recordings.named("04").url))
        #expect(result.code == 1 && result.output.isEmpty)
        #expect(result.errors.contains("WAV") && result.errors.contains("gigastt transcribe -"))
    }

    @Test func twoChannelsAreReported() async throws {
        let bytes = [UInt8](try raw("12"))
        var pairs = Data()
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            let sample = bytes[index...(index + 1)]
            pairs += sample + sample
        }
        let result = try await Program().run(["listen"], input: pairs)
        #expect(result.errors.contains("Warning: Standard input seems to have two channels"))
    }

    @Test func samplesOfAnotherRateAreUnderstood() async throws {
        // Every sample twice: a crude 32 kHz is refused, 8 kHz from every second sample is not.
        let bytes = [UInt8](try raw("04"))
        let half = Data(stride(from: 0, to: bytes.count - 3, by: 4).flatMap { [bytes[$0], bytes[$0 + 1]] })
        let result = try await Program().run(["listen", "--sample-rate", "8000"], input: half)
        #expect(result.code == 0)
        #expect(
            WordErrors.count(
                result.output.trimmingCharacters(in: .newlines), against: try Recordings.named("04").written)
                <= 4)
    }

    @Test(arguments: [["--sample-rate", "11025"], ["--endpoint-mode", "sometimes"]])
    func wrongOptionsAreUsageErrors(_ options: [String]) async throws {
        let result = try await Program().run(["listen"] + options)
        #expect(result.code == 2)
        #expect(result.output.isEmpty)
    }

    @Test func controlCEndsTheSpeechAndTheLastWordsAreDecided() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data(), as: "out")
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        let program = try RunningProgram(Program(), ["listen", "--endpoint-mode", "manual"], output: output)
        await program.waitFor("standard input")
        // A pipe holds 64 KB: when the silence has been written, the speech before it has been read.
        let speech = try raw("04") + Data(count: 96_000)
        let input = program.input
        try await onThread { Result { try input.write(contentsOf: speech) } }.get()
        program.interrupt()
        #expect(await program.end() == 0)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == Recordings.named("04").written + "\n")
    }
}
