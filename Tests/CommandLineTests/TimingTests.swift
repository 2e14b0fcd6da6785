import Foundation
import TestSupport
import Testing

/// `transcribe --timing` and `--threads`.
@Suite struct TimingTests {
    private struct Line: Decodable {
        struct Timing: Decodable {
            let transcribe, load, features, encoder, decoder, audio: Double
            let threads: Int

            private enum CodingKeys: String, CodingKey {
                case transcribe = "transcribe_s"
                case load = "load_s"
                case features = "features_s"
                case encoder = "encoder_s"
                case decoder = "decoder_s"
                case audio = "audio_s"
                case threads
            }
        }
        let timing: Timing
    }

    private let item: Recordings.Item
    private let cores = ProcessInfo.processInfo.activeProcessorCount

    init() throws { item = try Recordings.named("11") }

    @Test func theTimesAreOneLineOnStandardErrorAndFitIntoEachOther() async throws {
        let result = try await Program().run(["transcribe", item.url.path, "--timing", "--threads", "1"])
        let timing = try timing(in: result.errors)
        #expect(result.output == (try await Program().run(["transcribe", item.url.path])).output)
        #expect(timing.threads == 1)
        // Microseconds are written.
        #expect(abs(timing.audio - Double(try Recordings.samples(item).count) / 16_000) < 1e-6)
        #expect([timing.load, timing.features, timing.encoder, timing.decoder].allSatisfy { $0 > 0 })
        // One worker beside one reader: each part fits into the whole, as do those of the worker together.
        #expect(timing.encoder + timing.decoder <= timing.transcribe && timing.features <= timing.transcribe)
    }

    @Test func silenceCostsNoEncoder() async throws {
        let folder = try TemporaryFolder()
        let silence = try folder.write(WaveFile.data([Float](repeating: 0, count: 48_000)), as: "a.wav")
        let timing = try timing(in: try await Program().run(["transcribe", silence, "--timing"]).errors)
        #expect(timing.encoder == 0 && timing.decoder == 0)
        #expect(timing.features > 0 && timing.audio == 3)
    }

    @Test func aTimedTranscriptStaysSilentOtherwiseWhenToldTo() async throws {
        var program = Program()
        program.environment["GIGASTT_TIMING"] = "1"
        let result = try await program.run(["transcribe", item.url.path, "--log-level", "off"])
        #expect(result.errors.split(separator: "\n").count == 1)
        _ = try timing(in: result.errors)
    }

    @Test(arguments: [(1, 1, 1), (2, 1, 2), (2, 2, 2), (1, 2, 1), (3, 2, 2), (100_000, 1, .max)])
    func threadsAreDividedAmongWorkersAndNeverExceeded(threads: Int, intra: Int, used: Int) async throws {
        var program = Program()
        program.environment["GIGASTT_THREADS"] = "\(threads)"
        let result = try await program.run([
            "transcribe", try Recordings.named("06").url.path, "--timing", "--encoder-intra-threads", "\(intra)",
        ])
        #expect(try timing(in: result.errors).threads == min(used, cores / min(intra, cores) * min(intra, cores)))
    }

    @Test(arguments: ["0", "-1"])
    func aNumberOfThreadsThatRunsNothingIsAUsageError(threads: String) async throws {
        let result = try await Program().run(["transcribe", item.url.path, "--threads=\(threads)"])
        #expect(result.code == 2 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: ") && result.errors.contains("thread"))
    }

    private func timing(in errors: String) throws -> Line.Timing {
        let lines = errors.split(separator: "\n").filter { $0.hasPrefix("{") }
        #expect(lines.count == 1)
        return try JSONDecoder().decode(Line.self, from: Data((lines.first ?? "").utf8)).timing
    }
}
