import GigaSTT
import STTRecognition

/// Cuts recordings into utterances, and compares them with the phones of their labels. No model runs.
struct SegmentationTrial {
    /// Labels are no more exact than this, in seconds.
    static let tolerance = 0.01

    private(set) var recordingCount = 0
    private(set) var utteranceCount = 0
    private(set) var phoneSeconds = 0.0
    /// Seconds of phones that no window of an utterance holds.
    private(set) var outsideSeconds = 0.0
    /// Ends of utterances, and those that lie inside a phone.
    private(set) var boundaryCount = 0
    private(set) var insideCount = 0

    /// Takes a recording at 16 kHz.
    mutating func add(_ samples: [Float], _ labels: PhoneLabels, _ rules: SegmentationRules) {
        add(Self.utterances(samples, rules), labels, seconds: { ModelGeometry.gigaAM.seconds(featureFrames: $0) })
    }

    mutating func add(_ spans: [UtteranceSpan], _ labels: PhoneLabels, seconds: (Int) -> Double) {
        recordingCount += 1
        let windows = spans.compactMap(\.window).map { seconds($0.lowerBound)..<seconds($0.upperBound) }
        utteranceCount += windows.count
        for phone in labels.phones {
            phoneSeconds += phone.upperBound - phone.lowerBound
            outsideSeconds += Self.uncovered(phone, by: windows)
        }
        for span in spans where span.window != nil {
            let end = seconds(span.coverage.upperBound)
            boundaryCount += 1
            let isInside = labels.phones.contains {
                $0.lowerBound + Self.tolerance < end && end < $0.upperBound - Self.tolerance
            }
            insideCount += isInside ? 1 : 0
        }
    }

    /// How much of `range` lies in none of `windows`, which are in order and may overlap.
    private static func uncovered(_ range: Range<Double>, by windows: [Range<Double>]) -> Double {
        var position = range.lowerBound
        var sum = 0.0
        for window in windows where window.overlaps(range) {
            sum += max(0, window.lowerBound - position)
            position = max(position, min(window.upperBound, range.upperBound))
        }
        sum += max(0, range.upperBound - position)
        return sum > tolerance ? sum : 0
    }

    private static func utterances(_ samples: [Float], _ rules: SegmentationRules) -> [UtteranceSpan] {
        var (frontEnd, activity, segmenter) = (LogMel(), EnergyActivity(), Segmenter(rules: rules))
        let levels = frontEnd.append(samples).levels
        var actions: [Segmenter.Action] = []
        for (level, probability) in zip(levels, activity.append(samples, levels: levels)) {
            actions += segmenter.next(activity: probability, level: level)
        }
        return (actions + segmenter.finish()).compactMap { if case .closed(let span) = $0 { span } else { nil } }
    }
}
