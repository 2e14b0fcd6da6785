import STTValues

/// What became of each recording of a batch.
struct BatchReport: Sendable {
    /// How a recording ended.
    enum Outcome: Sendable, Hashable {
        /// Recognised; the names of the outputs.
        case processed(outputs: [RawPath])
        /// Outputs of a recording with the same content were copied.
        case copied(outputs: [RawPath])
        /// Nothing to do: it was transcribed before, or another one with the same content and name was.
        case skipped
        case failed(String, code: FailureCode? = nil)
    }

    /// Failures that a program may want to tell from others.
    enum FailureCode: String, Sendable, Hashable {
        /// The process ended during each attempt.
        case endsProcess = "ends_process"
    }

    /// A recording and how it ended.
    struct Item: Sendable, Hashable {
        let path: RawPath
        let outcome: Outcome
        /// Seconds of audio, where it was recognised.
        var seconds: Double?
    }

    private(set) var items: [Item] = []
    private(set) var processedCount = 0
    private(set) var skippedCount = 0
    private(set) var failedCount = 0
    /// Seconds of audio that were recognised.
    private(set) var seconds = 0.0
    /// Whether each recording is kept, or counted only: a program that runs for months does not keep them.
    private let keepsItems: Bool
    var isInterrupted = false
    /// Recordings that were not taken up.
    var remainingCount = 0
    var elapsed = 0.0

    init(keepsItems: Bool = true) { self.keepsItems = keepsItems }

    mutating func add(_ item: Item) {
        switch item.outcome {
        case .processed, .copied: processedCount += 1
        case .skipped: skippedCount += 1
        case .failed: failedCount += 1
        }
        seconds += item.seconds ?? 0
        if keepsItems { items.append(item) }
    }

    /// `processed=3 failed=1 skipped=2 …`.
    var summary: String {
        var text = "processed=\(processedCount) failed=\(failedCount) skipped=\(skippedCount)"
        if isInterrupted { text += " remaining=\(remainingCount)" }
        text += " audio_seconds=\(Self.tenths(seconds)) elapsed_seconds=\(Self.tenths(elapsed))"
        if elapsed > 0, seconds > 0 { text += " speed=\(Self.tenths(seconds / elapsed))" }
        return text
    }

    /// One line for each recording, and the summary.
    var text: String {
        items.sorted { $0.path < $1.path }.map { item in
            switch item.outcome {
            case .processed(let outputs), .copied(let outputs):
                "done     \(item.path.printable) -> \(outputs.map(\.printable).joined(separator: ", "))\n"
            case .skipped: "skipped  \(item.path.printable)\n"
            case .failed(let reason, _): "failed   \(item.path.printable): \(reason)\n"
            }
        }.joined() + summary + "\n"
    }

    /// The same as an object. A path that is not UTF-8 has its bytes in hexadecimal as well.
    var json: String {
        let files = items.sorted { $0.path < $1.path }.map { item -> JSONValue in
            let (status, outputs, reason, code): (String, [RawPath]?, String?, FailureCode?) =
                switch item.outcome {
                case .processed(let outputs): ("processed", outputs, nil, nil)
                case .copied(let outputs): ("copied", outputs, nil, nil)
                case .skipped: ("skipped", nil, nil, nil)
                case .failed(let reason, let code): ("failed", nil, reason, code)
                }
            return [
                "path": .string(item.path.description), "path_bytes": item.path.hexadecimal.map { .string($0) },
                "status": .string(status), "duration": item.seconds.map { .number($0) },
                "outputs": outputs.map { .array($0.map { .string($0.description) }) },
                "error": reason.map { .string($0) }, "code": code.map { .string($0.rawValue) },
            ]
        }
        let object: JSONValue = [
            "processed": .integer(processedCount), "failed": .integer(failedCount), "skipped": .integer(skippedCount),
            "interrupted": .boolean(isInterrupted), "remaining": .integer(remainingCount),
            "audio_seconds": .number(seconds), "elapsed_seconds": .number(elapsed), "files": .array(files),
        ]
        return object.description + "\n"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension RawPath: Comparable {
    static func < (a: RawPath, b: RawPath) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }

    /// The bytes, where they are not UTF-8.
    fileprivate var hexadecimal: String? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
