import GigaSTT
import NIOCore
import STTValues

/// The protocol of vosk-server as a machine: PCM16 in, exactly one reply to each binary message out.
///
/// A reply is a result when utterances have ended since the reply before, else a partial. It has the text that its message
/// sets going where that comes in time, else a later one has it; `eof` and `reset` return everything that is left.
struct VoskProtocol: LiveProtocol {
    typealias Step = LiveStep<JSONReply>

    static let name = "vosk"
    static let answersAudio = true

    private enum Phase { case fresh, streaming, stopped }

    private var phase = Phase.fresh
    private var config = VoskConfig()
    /// Utterances that no reply has returned.
    private var finals: [Segment] = []
    private var partial: [Word] = []
    /// The replies owed behind each `reset` that is not decided: vosk-server answers in order.
    private var owedBehindResets: [Int] = []

    func open() -> [JSONReply] { [] }
}

// MARK: - From the client

extension VoskProtocol {
    /// The rate until the client configures another (vosk-server 2025-05-25).
    static let defaultSampleRate = 8_000

    mutating func receive(_ message: LiveMessage) -> [Step] {
        if phase == .stopped { return [] }
        switch message {
        case .text(let text): return receive(VoskMessage(text))
        case .binary(let content):
            defer { phase = .streaming }
            return (phase == .fresh ? begin() : []) + [.input(.audio(content))]
        }
    }

    private mutating func receive(_ message: VoskMessage) -> [Step] {
        switch message {
        case .unknown: return []
        case .invalidConfig(let reason): return refuse(reason)
        case .config(let fields): return configure(fields)
        case .eof: return stop(.stop)
        case .reset:
            guard phase == .streaming else { return [.reply(result([]))] }
            owedBehindResets.append(0)
            return [.input(.flush(owedBehindResets.count))]
        }
    }

    /// vosk-server reads the configuration when the first audio comes, and nothing of a later one.
    private mutating func configure(_ fields: VoskConfig) -> [Step] {
        guard phase == .fresh else { return [] }
        if let rate = fields.sampleRate {
            guard Self.format(sampleRate: rate) != nil else {
                return refuse("config.sample_rate must be 8000 to 192000")
            }
            config.sampleRate = rate
        }
        config.words = fields.words ?? config.words
        config.partialWords = fields.partialWords ?? config.partialWords
        config.maximumAlternatives = fields.maximumAlternatives ?? config.maximumAlternatives
        config.phrases = fields.phrases ?? config.phrases
        return []
    }

    private func begin() -> [Step] {
        guard let format = Self.format(sampleRate: config.sampleRate ?? Double(Self.defaultSampleRate)) else {
            return []
        }
        var request = RecognitionRequest()
        // Vosk's models write words, never digits.
        request.numbers = false
        request.maximumAlternatives = config.maximumAlternatives.map { min(max($0, 1), 10) }
        request.hotwords = config.phrases.map(RecognitionRequest.preferable)
        return [.input(.begin(format, request))]
    }

    private static func format(sampleRate: Double) -> PCMFormat? {
        guard let rate = Int(exactly: sampleRate),
            let encoding = try? HeaderlessEncoding(codec: .slin, sampleRate: rate)
        else { return nil }
        return try? PCMFormat.headerless(encoding)
    }

    private mutating func refuse(_ reason: String) -> [Step] {
        stop(.violation(WebSocketClose(.policyViolation, reason)))
    }

    private mutating func stop(_ reason: EndReason) -> [Step] {
        phase = .stopped
        return [.input(.end(reason))]
    }
}

// MARK: - From the conversation

extension VoskProtocol {
    mutating func receive(_ event: ConversationEvent, on channel: Int, at timestamp: Double) -> [JSONReply] {
        switch event {
        case .speechStarted, .speechStopped, .failed, .ending, .ended, .speakers, .speakersUnavailable: return []
        case .partial(let partial):
            self.partial = partial.words
            return []
        case .final(let segment):
            partial = []
            if !segment.words.isEmpty { finals.append(segment) }
            return segment.endpoint == .endOfInput ? [takeResult()] : []
        case .audioTaken:
            guard owedBehindResets.isEmpty else {
                owedBehindResets[owedBehindResets.count - 1] += 1
                return []
            }
            return [answer()]
        case .flushed:
            guard !owedBehindResets.isEmpty else { return [] }
            let owed = owedBehindResets.removeFirst()
            let result = takeResult()
            // Replies behind a later `reset` wait for that one.
            return [result] + (0..<owed).map { _ in answer() }
        }
    }

    /// What one binary message gets.
    private mutating func answer() -> JSONReply { finals.isEmpty ? partialResult : takeResult() }

    private mutating func takeResult() -> JSONReply {
        defer { finals = [] }
        return result(finals)
    }

    private var partialResult: JSONReply {
        let words = partial.compactMap(VoskWord.init)
        let list: JSONValue? =
            config.partialWords == true && !words.isEmpty ? .array(words.map { $0.json(hasConfidence: true) }) : nil
        return JSONReply(["partial": .string(words.text), "partial_result": list])
    }

    private func result(_ segments: [Segment]) -> JSONReply {
        let words = segments.flatMap(\.words)
        guard (config.maximumAlternatives ?? 0) > 0 else {
            return JSONReply(.object(members(of: words, hasConfidence: true)))
        }
        let readings = segments.alternatives?.map(\.words) ?? [words]
        return JSONReply([
            "alternatives": .array(
                readings.map { words in
                    let confidence = JSONValue.number(Float(words.meanConfidence ?? 1))
                    return .object([("confidence", confidence)] + members(of: words, hasConfidence: false))
                })
        ])
    }

    private func members(of words: [Word], hasConfidence: Bool) -> [(String, JSONValue?)] {
        let words = words.compactMap(VoskWord.init)
        let isListed = config.words ?? true && !words.isEmpty
        let list: JSONValue? = isListed ? .array(words.map { $0.json(hasConfidence: hasConfidence) }) : nil
        return [("result", list), ("text", .string(words.text))]
    }
}

/// A word as Vosk's models write it: in lower case, without punctuation.
private struct VoskWord {
    let text: String
    private let word: Word

    /// `nil` for what is punctuation only.
    init?(_ word: Word) {
        guard let text = word.plainText else { return nil }
        (self.text, self.word) = (text, word)
    }

    func json(hasConfidence: Bool) -> JSONValue {
        [
            "conf": hasConfidence ? .number(word.confidence) : nil, "end": .number(word.end),
            "start": .number(word.start), "word": .string(text),
        ]
    }
}

extension [VoskWord] {
    fileprivate var text: String { map(\.text).joined(separator: " ") }
}
