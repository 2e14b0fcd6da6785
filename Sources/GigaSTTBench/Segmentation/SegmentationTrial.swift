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

    /// An utterance in seconds: what is decoded of the recording, and where it ends.
    struct Utterance {
        let window: Range<Double>
        let end: Double
    }

    /// Takes a recording at 16 kHz, in which `silence` ends an utterance.
    mutating func add(_ samples: [Float], _ labels: PhoneLabels, silence: Duration) {
        add(Self.utterances(samples, silence), labels)
    }

    mutating func add(_ utterances: [Utterance], _ labels: PhoneLabels) {
        recordingCount += 1
        let windows = utterances.map(\.window)
        utteranceCount += windows.count
        for phone in labels.phones {
            phoneSeconds += phone.upperBound - phone.lowerBound
            outsideSeconds += Self.uncovered(phone, by: windows)
        }
        for end in utterances.map(\.end) {
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

    private static func utterances(_ samples: [Float], _ silence: Duration) -> [Utterance] {
        let rules = SegmentationRules().withTrailingSilence(Int(silence / .milliseconds(10)))
        var (frontEnd, activity, segmenter) = (LogMel(), EnergyActivity(), Segmenter(rules: rules))
        let levels = frontEnd.append(samples).levels
        var actions: [Segmenter.Action] = []
        for (level, probability) in zip(levels, activity.append(samples, levels: levels)) {
            actions += segmenter.next(activity: probability, level: level)
        }
        func seconds(_ frames: Int) -> Double { ModelGeometry.gigaAM.seconds(featureFrames: frames) }
        return (actions + segmenter.finish()).compactMap { action in
            guard case .closed(let span) = action, let window = span.window else { return nil }
            return Utterance(
                window: seconds(window.lowerBound)..<seconds(window.upperBound), end: seconds(span.coverage.upperBound))
        }
    }
}
