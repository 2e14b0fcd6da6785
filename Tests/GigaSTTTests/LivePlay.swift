import STTInference
import TestSupport
import Testing

@testable import GigaSTT

/// One recognizer with two workers for all tests that do not stop or hold it.
enum LiveModel {
    private static let loading = Task {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 2
        return try await Recognizer(.demo, configuration: configuration)
    }

    static var shared: Recognizer {
        get async throws { try await loading.value }
    }

    /// A recognizer with one worker, to be held up or stopped.
    static func single() async throws -> Recognizer {
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        return try await Recognizer(.demo, configuration: configuration)
    }
}

/// How samples are cut into blocks.
enum Blocking: Sendable, Hashable, CustomTestStringConvertible {
    case every(Int)
    case whole
    case random(UInt64)

    var testDescription: String { "\(self)" }

    func blocks<Element>(_ samples: [Element]) -> [[Element]] {
        var dice = SeededRandom(0)
        if case .random(let seed) = self { dice = SeededRandom(seed) }
        var blocks: [[Element]] = []
        var start = 0
        while start < samples.count {
            let length =
                switch self {
                case .every(let count): count
                case .whole: samples.count
                case .random: Int.random(in: 1...4_000, using: &dice)
                }
            let end = min(start + length, samples.count)
            blocks.append(Array(samples[start..<end]))
            start = end
        }
        return blocks
    }
}

extension Recognizer {
    /// The events of a live stream that is fed with these blocks as fast as it takes them.
    func play(_ blocks: [[Float]], _ options: LiveOptions = .init()) async throws -> [LiveEvent] {
        try await mustEnd {
            let stream = try self.liveStream(options: options)
            async let feeding: Void = {
                for block in blocks { try await stream.append(block) }
                try await stream.finish()
            }()
            var events: [LiveEvent] = []
            for try await event in stream { events.append(event) }
            try await feeding
            return events
        }
    }

    /// The segments of the same samples as a recording.
    func segments(_ samples: [Float], _ endpointing: Endpointing) async throws -> [Segment] {
        var options = TranscriptionOptions()
        options.endpointing = endpointing
        return try await transcribe(samples: samples, options: options).segments
    }
}

extension [LiveEvent] {
    var finals: [Segment] { compactMap { if case .final(let segment) = $0 { segment } else { nil } } }
    var partials: [Partial] { compactMap { if case .partial(let partial) = $0 { partial } else { nil } } }
    var echoes: [Int] { compactMap { if case .flushed(let number) = $0 { number } else { nil } } }
    var withoutPartials: [LiveEvent] { filter { if case .partial = $0 { false } else { true } } }

    /// Which of the promises of a stream of so many samples these events break.
    func brokenPromises(sampleCount: Int) -> [String] {
        var broken: [String] = []
        let finals = finals
        if finals.first?.start != 0 { broken.append("the first final does not start at 0") }
        if !zip(finals, finals.dropFirst()).allSatisfy({ $0.end == $1.start && $0.start <= $0.end }) {
            broken.append("finals do not tile the stream")
        }
        if finals.last?.end != Double(sampleCount) / 16_000 { broken.append("the last final ends elsewhere") }
        let ends = finals.indices.filter { finals[$0].endpoint == .endOfInput }
        if ends != [finals.count - 1] { broken.append("there is not one last final") }
        if last.map({ if case .final = $0 { false } else { true } }) ?? true { broken.append("no final is last") }
        let words = finals.flatMap(\.words)
        if !zip(words, words.dropFirst()).allSatisfy({ $0.start <= $1.start }) { broken.append("words out of order") }
        if !words.allSatisfy({ 0 <= $0.start && $0.start <= $0.end && $0.end <= Double(sampleCount) / 16_000 }) {
            broken.append("a word lies outside of the stream")
        }
        if !isStableKept { broken.append("a stable word was taken back") }
        return broken
    }

    private var isStableKept: Bool {
        var stable: [String] = []
        for event in self {
            if case .final = event { stable = [] }
            guard case .partial(let partial) = event else { continue }
            let words = partial.words.prefix(partial.stableWordCount).map(\.text)
            guard words.starts(with: stable) else { return false }
            stable = words
        }
        return true
    }
}

/// A recognizer whose only worker is busy until the gate is opened.
struct HeldRecognizer: Sendable {
    let recognizer: Recognizer
    let gate = Gate()

    init() async throws {
        recognizer = try await LiveModel.single()
        recognizer.queue.submit(.final, client: ClientID()) { [gate] _ in
            gate.pass()
        } completion: { _ in
        }
        await gate.entered.wait()
    }

    /// Finals that wait for the worker.
    var waiting: Int { recognizer.queue.statistics.lanes.final.waiting }
}
