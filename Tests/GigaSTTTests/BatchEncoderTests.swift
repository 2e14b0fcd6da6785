import Foundation
import OnnxRuntime
import STTInference
import TestSupport
import Testing

@testable import GigaSTT
@testable import STTEncoderCache
@testable import STTRecognition

/// Several windows in one run of the encoder: the built-in model, whose encoder has the structure of the real one.
@Suite struct BatchEncoderTests {
    private static let batch = "v3_rnnt_encoder_batch.onnx"
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(model: [ModelFileName.floatEncoder, ModelFileName.vocabulary])
        for name in [ModelFileName.prediction, ModelFileName.joint] { try folder.link(name) }
        try Quantizer(.batch).quantize(folder.file(ModelFileName.floatEncoder), to: folder.file(Self.batch))
    }

    private func model(boundMemory: String? = nil) throws -> SpeechModel {
        var options = SessionOptions()
        options.boundMemory = boundMemory
        return try SpeechModel(ModelFiles(in: folder.url).forBatches(), options: options, takesBatches: true)
    }

    /// Beginnings of recordings, some shorter than a word, some as long as an utterance.
    private static func windows() throws -> [FeatureWindow] {
        let recordings = try Recordings.all().prefix(9)
        return try zip(recordings, [250, 3, 900, 80, 2_400, 1, 399, 1_200, 33]).map { item, most in
            var frontEnd = LogMel()
            let values = frontEnd.append(try Recordings.samples(item)).values
            return FeatureWindow(values: Array(values.prefix(most * ModelGeometry.gigaAM.bandCount)))
        }
    }

    private func work(_ window: FeatureWindow, _ decoder: WindowDecoder, _ number: Int) -> DecodeWork {
        let request = DecodeRequest(
            id: DecodeID(number: number), purpose: .final, isAhead: false, window: window, encoderOffset: 0,
            options: DecodeOptions())
        return DecodeWork(request: request, decoder: decoder, watchdog: nil)
    }

    private func tokens(_ outcome: WindowOutcome) throws -> [Int] { try outcome.result.get()[0].tokens.map(\.id) }

    /// The expected tokens are those of the published form, which encodes one window.
    @Test(arguments: [Quantizer.Form.batch, .batchHalf])
    func everyWindowHasTheTokensThatItHasAlone(form: Quantizer.Form) throws {
        try Quantizer(form).quantize(
            folder.file(ModelFileName.floatEncoder), to: folder.file(Self.batch), replacing: true)
        let (model, floats) = (try model(), try SpeechModel(ModelFiles(in: folder.url)))
        let windows = try Self.windows()
        let cancellation = try RunCancellation(in: model.environment)
        let alone = try windows.map { try floats.decode($0, cancellation: cancellation) }
        #expect(alone.filter { !$0.tokens.isEmpty }.count > 4)
        for count in [1, 2, windows.count] {
            for start in stride(from: 0, to: windows.count, by: count) {
                let places = start..<min(start + count, windows.count)
                let tasks = windows[places].map { WindowTask(window: $0, token: CancellationToken()) }
                let outcomes = model.hypotheses(tasks, cancellation: cancellation)
                for (outcome, place) in zip(outcomes, places) {
                    let found = try outcome.result.get()[0]
                    #expect(found.frameCount == alone[place].frameCount)
                    #expect(found.tokens.map(\.id) == alone[place].tokens.map(\.id))
                    #expect(found.tokens.map(\.frame) == alone[place].tokens.map(\.frame))
                }
            }
        }
    }

    @Test func anEmptyWindowAndACancelledOneLeaveTheOthersAlone() throws {
        let model = try model()
        let windows = try Self.windows()
        let cancellation = try RunCancellation(in: model.environment)
        let expected = try windows.map { try model.decode($0, cancellation: cancellation).tokens.map(\.id) }
        let tokens = windows.map { _ in CancellationToken() }
        tokens[2].cancel()
        var tasks = zip(windows, tokens).map { WindowTask(window: $0, token: $1) }
        tasks[0] = WindowTask(window: FeatureWindow(values: []), token: tokens[0])
        let outcomes = model.hypotheses(tasks, cancellation: cancellation)
        #expect(try self.tokens(outcomes[0]) == [])
        #expect(throws: CancellationError.self) { try outcomes[2].result.get() }
        for place in windows.indices where ![0, 2].contains(place) {
            #expect(try self.tokens(outcomes[place]) == expected[place])
        }
    }

    /// 20 004 frames are one encoder frame more than the tables of rotary positions have: the run fails for all.
    @Test func aWindowThatFailsFailsAlone() throws {
        let model = try model()
        let windows = [try Self.windows()[0], FeatureWindow(values: Array(repeating: -11, count: 20_004 * 64))]
        let cancellation = try RunCancellation(in: model.environment)
        let tasks = windows.map { WindowTask(window: $0, token: CancellationToken()) }
        let outcomes = model.hypotheses(tasks, cancellation: cancellation)
        #expect(
            try tokens(outcomes[0]) == model.decode(windows[0], cancellation: cancellation).tokens.map(\.id))
        let error = #expect(throws: GigaSTTError.self) { try outcomes[1].result.get() }
        #expect(error?.code == .inferenceFailed)
    }

    /// As with CUDA, in memory of the processor: runs of other shapes, one that fails, and one that is cancelled, between.
    @Test func boundInputsAndOutputsGiveTheSameFrames() throws {
        let (model, bound) = (try model(), try model(boundMemory: "Cpu"))
        let windows = try Self.windows()
        let long = FeatureWindow(values: Array(repeating: -11, count: 20_004 * 64))
        let cancellation = try RunCancellation(in: model.environment)
        for (number, window) in (windows + windows.reversed()).enumerated() {
            let (expected, found) = (try model.searchedFrames(window), try bound.searchedFrames(window))
            #expect(found.values == expected.values && found.frameCount == expected.frameCount)
            guard number % 5 == 0 else { continue }
            let tasks = windows.dropFirst(number % 3).map { WindowTask(window: $0, token: CancellationToken()) }
            let tokens = try [model, bound].map { model in
                try model.hypotheses(tasks, cancellation: cancellation).map { try self.tokens($0) }
            }
            #expect(tokens[0] == tokens[1])
            #expect(throws: OrtError.self) { try bound.searchedFrames(long) }
            let cancelled = try RunCancellation(in: model.environment)
            cancelled.cancel()
            #expect(throws: CancellationError.self) { try bound.decode(window, cancellation: cancelled) }
        }
    }

    /// The queue gathers what waits; one caller leaves, one is late, and the others have what they have alone.
    @Test func whatWaitsIsEncodedTogether() async throws {
        let decoder = WindowDecoder(model: try model(), batchLimit: 4)
        let single = WindowDecoder(model: decoder.model)
        let windows = try Self.windows()
        var limits = InferenceQueue.Limits()
        limits.workers = 1
        let queue = InferenceQueue(limits)
        let gate = Gate()
        queue.submit(.final, client: ClientID()) { _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
        let results = AsyncStream.makeStream(of: (Int, Result<[Reading], any Error>).self)
        var submissions: [InferenceQueue.Submission] = []
        for (number, window) in windows.enumerated() {
            submissions.append(
                queue.submit(work(window, decoder, number), in: .file, client: ClientID()) { result in
                    results.continuation.yield((number, result))
                })
        }
        submissions[1].cancel()
        gate.open()
        let found = try await mustEnd {
            var found: [Int: Result<[Reading], any Error>] = [:]
            for await (number, result) in results.stream {
                found[number] = result
                if found.count == windows.count { break }
            }
            return found
        }
        #expect(throws: CancellationError.self) { try found[1]?.get() }
        // 9 windows, one of them gone, at most 4 in a run.
        #expect(queue.statistics.lanes.file.joined == 6)
        for (number, window) in windows.enumerated() where number != 1 {
            let expected = try work(window, single, number).run(CancellationToken())
            let words = try #require(try found[number]?.get().first?.words)
            #expect(words.map(\.text) == expected[0].words.map(\.text))
            #expect(words.map(\.start) == expected[0].words.map(\.start))
        }
        await queue.drain()
    }

    /// The longest windows are not padded beyond the bound: eight of 2 400 frames fit, nine do not.
    @Test func aRunIsBoundedInFrames() throws {
        let decoder = WindowDecoder(model: try model(), batchLimit: 64)
        let key = try #require(decoder.batchKey)
        #expect(key.limit == 64 && key.paddedLimit == 19_200)
        #expect(work(FeatureWindow(values: Array(repeating: 0, count: 640)), decoder, 0).paddedSize == 10)
        #expect(WindowDecoder(model: decoder.model).batchKey == nil)
    }

    @Test func allCancelledEndTheRun() throws {
        let decoder = WindowDecoder(model: try model(), batchLimit: 4)
        let batch = try Self.windows().prefix(3).enumerated().map { number, window in
            (request: work(window, decoder, number).request, token: CancellationToken())
        }
        for item in batch { item.token.cancel() }
        for result in decoder.readings(of: batch) {
            #expect(throws: CancellationError.self) { try result.get() }
        }
        // Only the share of a run that ended before its first operator.
        #expect(decoder.timing.use(.final).runCount == 3)
    }

    @Test func anEncoderForOneWindowIsRefused() throws {
        try FileManager.default.removeItem(at: folder.file(Self.batch))
        let error = try #require(throws: GigaSTTError.self) { try ModelFiles(in: folder.url).forBatches() }
        #expect(error.code == .modelMissing && error.message.contains("--form batch"))
        try folder.link(ModelFileName.floatEncoder, as: Self.batch)
        let other = #expect(throws: GigaSTTError.self) { try self.model() }
        #expect(other?.code == .modelUnsupported)
        #expect(other?.message.contains("--form batch --force") == true)
    }

    @Test func aRecognizerGivesTheSameTextsInBatches() async throws {
        var configuration = RecognizerConfiguration()
        (configuration.workerCount, configuration.cache) = (1, nil)
        let alone = try await Recognizer(ModelFolder(at: folder.url), configuration: configuration)
        configuration.encoderBatchLimit = 8
        let recognizer = try await Recognizer(ModelFolder(at: folder.url), configuration: configuration)
        #expect(!recognizer.isQuantized && recognizer.encoderSource == .original)
        let items = try Recordings.all().filter { $0.sentences.isEmpty }
        let gate = Gate()
        recognizer.queue.submit(.file, client: ClientID()) { _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
        let texts = try await mustEnd {
            try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for (number, item) in items.enumerated() {
                    group.addTask { (number, try await recognizer.transcribe(item.url).text) }
                }
                while recognizer.queue.waitingCount(.file) < items.count { await Task.yield() }
                gate.open()
                return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
            }
        }
        for (number, item) in items.enumerated() {
            #expect(texts[number] == (try await alone.transcribe(item.url).text))
        }
        #expect(recognizer.queue.statistics.lanes.file.joined > 0)
    }

    @Test(arguments: [0, 65]) func aLimitOutsideItsRangeIsRefused(limit: Int) async throws {
        var configuration = RecognizerConfiguration()
        configuration.encoderBatchLimit = limit
        let error = await #expect(throws: GigaSTTError.self) {
            _ = try await Recognizer(ModelFolder(at: folder.url), configuration: configuration)
        }
        #expect(error?.code == .invalidOption)
    }
}
