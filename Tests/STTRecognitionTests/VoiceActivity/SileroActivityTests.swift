import Foundation
import STTValues
import TestSupport
import Testing

@testable import STTRecognition

/// With the real model, where `GIGASTT_TEST_SILERO` names its file.
@Suite struct SileroActivityTests {
    private static let variable = "GIGASTT_TEST_SILERO"
    private static let file: URL? = {
        guard let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty else {
            print("\(variable) does not name silero_vad.onnx (v5 or v6): its tests are skipped.")
            return nil
        }
        return URL(fileURLWithPath: path)
    }()

    private func answers(_ samples: [Float], threshold: Float = 0.5, blocks: [Int] = [1 << 20]) throws -> [Float] {
        var activity = try SileroActivity(contentsOf: #require(Self.file), threshold: threshold)
        var logMel = LogMel()
        var answers: [Float] = []
        var rest = samples[...]
        var index = 0
        while !rest.isEmpty {
            let block = Array(rest.prefix(blocks[index % blocks.count]))
            answers += try activity.append(block, levels: logMel.append(block).levels)
            rest = rest.dropFirst(block.count)
            index += 1
        }
        return try answers + activity.finish()
    }

    @Test(.enabled(if: file != nil), arguments: ["03_date.wav", "05_phone.wav"])
    func speechIsFound(name: String) throws {
        let samples = try Recording.samples(name)
        let answers = try answers(samples)
        #expect(answers.count == ModelGeometry.gigaAM.featureFrames(samples: samples.count))
        let golden = try #require(Golden.recordings.first { $0.file == name })
        let voiced = golden.frames.filter { answers[min(4 * $0, answers.count - 1)] >= 0.5 }
        #expect(Double(voiced.count) >= 0.8 * Double(golden.frames.count))
    }

    @Test(.enabled(if: file != nil)) func silenceIsNotSpeech() throws {
        var random = SeededRandom(1)
        let noise = (0..<48_000).map { _ in random.within(Float(-0.003)...0.003) }
        for samples in [[Float](repeating: 0, count: 48_000), noise] {
            let answers = try answers(samples)
            #expect(answers.count == 299)
            #expect(answers.allSatisfy { $0 < 0.5 })
        }
    }

    @Test(.enabled(if: file != nil)) func theAnswersDoNotDependOnTheBlocks() throws {
        let samples = try Array(Recording.samples("01_commands.wav").prefix(32_000))
        let whole = try answers(samples)
        for blocks in [[160], [511, 513], [1, 5000, 37]] { #expect(try answers(samples, blocks: blocks) == whole) }
    }

    @Test(.enabled(if: file != nil)) func theUsersThresholdLiesWhereTheSegmenterHasIts() throws {
        let samples = try Recording.samples("06_weather.wav")
        let plain = try answers(samples)
        let loose = try answers(samples, threshold: 0.1)
        #expect(zip(plain, loose).allSatisfy { ($1 >= 0.5) == ($0 >= 0.1) })
        #expect(plain.contains { $0 >= 0.1 && $0 < 0.5 })
    }

    /// The model is given 64 samples of the past and 512 new ones; without the past it hears speech less surely.
    @Test(.enabled(if: file != nil)) func thePastIsPutInFrontOfEachFrame() throws {
        let model = try SileroModel(contentsOf: #require(Self.file))
        let samples = try Recording.samples("03_date.wav")
        var state = try model.initialState()
        var expected: [Float] = []
        let padded = [Float](repeating: 0, count: 64) + samples
        for start in stride(from: 0, to: samples.count - 511, by: 512) {
            let (probability, next) = try model.run(Array(padded[start..<start + 576]), state: state)
            expected.append(probability)
            state = next
        }
        let answers = try answers(samples)
        // Feature frame t is centred on sample 160·t + 160.
        for frame in 0..<answers.count where (160 * frame + 160) / 512 < expected.count {
            #expect(answers[frame] == expected[(160 * frame + 160) / 512])
        }
    }

    @Test(.enabled(if: file != nil), arguments: [0, 1, 319, 320, 511, 512, 513])
    func everyFrameHasAnAnswerHoweverShortTheAudio(count: Int) throws {
        let answers = try answers([Float](repeating: 0.01, count: count))
        #expect(answers.count == ModelGeometry.gigaAM.featureFrames(samples: count))
    }

    @Test func aMissingModelSaysWhatToDo() throws {
        let url = try TemporaryFolder().url.appendingPathComponent("silero_vad.onnx")
        let error = try #require(throws: GigaSTTError.self) { try SileroActivity(contentsOf: url) }
        #expect(error.code == .modelMissing)
        #expect(error.message.contains("gigastt download --vad"))
    }

    @Test func anotherModelIsRefused() throws {
        let url = Repository.builtInModel.appendingPathComponent("v3_rnnt_joint.onnx")
        let error = try #require(throws: GigaSTTError.self) { try SileroActivity(contentsOf: url) }
        #expect(error.code == .modelUnsupported)
        #expect(error.message.contains("gigastt download --vad"))
    }

    /// A graph with the ports of Silero that answers with the mean of its input.
    private static func load(inputLength: Int, probability: String) throws -> SileroActivity {
        var graph = OnnxFile()
        graph.input("input", .float32, [.fixed(1), .fixed(inputLength)])
        graph.input("state", .float32, [.fixed(2), .fixed(1), .fixed(128)])
        graph.input("sr", .int64, [])
        graph.output("output", .float32, [.fixed(1), .fixed(1)])
        graph.output("stateN", .float32, [.fixed(2), .fixed(1), .fixed(128)])
        graph.node("ReduceMean", ["input"], ["mean"], [.integers("axes", [1])])
        graph.node("Log", ["mean"], ["log"])
        graph.node("Identity", [probability], ["output"])
        graph.node("Identity", ["state"], ["stateN"])
        let folder = try TemporaryFolder()
        try folder.write(Data(graph.bytes), as: "silero_vad.onnx")
        return try SileroActivity(contentsOf: folder.url.appendingPathComponent("silero_vad.onnx"))
    }

    /// It would fail every recording if it were found out later.
    @Test func aModelThatCannotRunIsRefused() throws {
        _ = try Self.load(inputLength: 576, probability: "mean")
        for (inputLength, probability) in [(512, "mean"), (576, "log")] {
            let error = try #require(throws: GigaSTTError.self) {
                try Self.load(inputLength: inputLength, probability: probability)
            }
            #expect(error.code == .modelUnsupported && error.message.contains("gigastt download --vad"))
        }
    }
}
