import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// Our engine in a process of its own, with the manners of `Tools/Peers/worker.py`.
struct PeerWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "peer-worker", shouldDisplay: false)

    @Argument var model: String
    @Argument var threads: Int
    @Option var cache: String?

    func run() async throws {
        do {
            var configuration = RecognizerConfiguration()
            configuration.workerCount = threads
            configuration.cache = cache.map { EncoderCache(at: URL(fileURLWithPath: $0)) }
            let start = ContinuousClock.now
            let recognizer = try await Recognizer(
                ModelFolder(at: URL(fileURLWithPath: model)), configuration: configuration)
            var loaded = PeerAnswer()
            loaded.loadS = (ContinuousClock.now - start) / .seconds(1)
            try answer(loaded)
            while let path = readLine() { try answer(try await measure(URL(fileURLWithPath: path), with: recognizer)) }
        } catch {
            var failure = PeerAnswer()
            failure.error = "\(error)"
            try answer(failure)
        }
    }

    private func measure(_ recording: URL, with recognizer: Recognizer) async throws -> PeerAnswer {
        let (before, processor, start) = (
            recognizer.processingTime, ProcessMemory.processorSeconds, ContinuousClock.now
        )
        var answer = PeerAnswer()
        answer.text = try await recognizer.transcribe(recording).text
        answer.seconds = (ContinuousClock.now - start) / .seconds(1)
        answer.processorS = ProcessMemory.processorSeconds - processor
        answer.peakMb = ProcessMemory.peakMegabytes
        let after = recognizer.processingTime
        answer.parts = .init(
            features: (after.features - before.features) / .seconds(1),
            encoder: (after.encoder - before.encoder) / .seconds(1),
            search: (after.search - before.search) / .seconds(1))
        return answer
    }

    private func answer(_ answer: PeerAnswer) throws {
        try FileHandle.standardOutput.write(contentsOf: Data("\(try answer.line())\n".utf8))
    }
}
