import STTValues

@testable import STTRecognition

/// Feeds a segmenter and writes down what it answers, by the index of the frame; the end of the input has the
/// index after the last frame, and so has a flush.
struct Track {
    private(set) var segmenter: Segmenter
    private(set) var frameCount = 0
    private(set) var log: [Int: [Segmenter.Action]] = [:]

    init(_ rules: SegmentationRules = SegmentationRules()) { segmenter = Segmenter(rules: rules) }

    var spans: [UtteranceSpan] {
        log.sorted { $0.key < $1.key }.flatMap(\.value).compactMap {
            if case .closed(let span) = $0 { span } else { nil }
        }
    }

    mutating func append(_ count: Int, activity: Float, level: Float = -20) {
        for _ in 0..<count {
            let actions = segmenter.next(activity: activity, level: level)
            if !actions.isEmpty { log[frameCount, default: []] += actions }
            frameCount += 1
        }
    }

    mutating func speech(_ count: Int) { append(count, activity: 1) }
    mutating func silence(_ count: Int) { append(count, activity: 0, level: -70) }

    mutating func flush() { note(segmenter.flush()) }
    mutating func answer(_ window: Range<Int>, lastToken: Int?) {
        note(segmenter.answer(window, lastToken: lastToken))
    }
    mutating func finish() { note(segmenter.finish()) }

    private mutating func note(_ actions: [Segmenter.Action]) {
        if !actions.isEmpty { log[frameCount, default: []] += actions }
    }
}
