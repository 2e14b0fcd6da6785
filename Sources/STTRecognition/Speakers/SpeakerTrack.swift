package import STTInference
package import STTValues
import Synchronization

/// The voices of one recording while it is recognised: its tap takes the features of each final, `read` has the speaker
/// model read them, `labels` tells the speakers apart.
package final class SpeakerTrack: Sendable {
    private struct State: Sendable {
        var timeline = SpeakerTimeline()
        /// Finals whose features wait to be read: as many as the stream decides before they are asked for.
        var waiting: [(segment: Segment, window: FeatureWindow)] = []
        /// A part could not be read: no words are labelled.
        var hasFailed = false
    }

    private let model: SpeakerModel
    private let queue: InferenceQueue
    private let client = ClientID()
    private let state = Mutex(State())

    package init(_ model: SpeakerModel, queue: InferenceQueue) {
        (self.model, self.queue) = (model, queue)
    }

    /// What the stream of the recording is given.
    package var tap: FeatureTap {
        FeatureTap(KaldiFbank()) { [self] segment, window in
            state.withLock { if !$0.hasFailed { $0.waiting.append((segment, window)) } }
        }
    }

    /// Reads the finals that are waiting, on a worker for recordings. Called before each of them is handed out, so that no
    /// more features are kept than the stream decides ahead.
    ///
    /// A model that fails makes the labels fail, not the recording. Throws `CancellationError`, and what ends the queue.
    package func read() async throws {
        while let next = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) {
            let ranges = Self.frames(
                state.withLock { $0.timeline.begin(next.segment) }, of: next.segment, in: next.window)
            guard !ranges.isEmpty else { continue }
            let work = VoiceWork(model: model, window: next.window, ranges: ranges)
            do {
                let vectors = try await queue.run(work, in: .file, client: client, isAdmitted: true)
                state.withLock { $0.timeline.append(vectors) }
            } catch let error as GigaSTTError where error.code == .inferenceFailed {
                state.withLock { state in
                    state.hasFailed = true
                    state.waiting = []
                }
            } catch {
                throw StreamFailure.translate(error)
            }
        }
    }

    /// The frames of times of a final in the features of that final.
    static func frames(_ times: [Range<Double>], of segment: Segment, in window: FeatureWindow) -> [Range<Int>] {
        let geometry = ModelGeometry.weSpeaker
        return times.map { time in
            let start = max(0, geometry.featureFrames(seconds: time.lowerBound - segment.start))
            let length = geometry.featureFrames(seconds: time.upperBound - time.lowerBound)
            return min(start, window.frameCount)..<min(start + length, window.frameCount)
        }
    }

    /// The speaker of each word of each final and the voices, when all are read; `nil` when the model failed.
    ///
    /// Throws `CancellationError`, and what ends the queue.
    package func labelling(_ separation: SpeakerSeparation) async throws -> SpeakerLabelling? {
        let timeline = state.withLock { $0.hasFailed ? nil : $0.timeline }
        guard let timeline else { return nil }
        do {
            return try await queue.run(
                LabelWork(timeline: timeline, separation: separation), in: .file, client: client, isAdmitted: true)
        } catch {
            throw StreamFailure.translate(error)
        }
    }
}

/// The vectors of the windows of one final.
struct VoiceWork: InferenceRequest {
    let model: SpeakerModel
    let window: FeatureWindow
    let ranges: [Range<Int>]
    /// A network with strides cannot read less.
    private static let leastFrames = 16

    /// Takes a fraction of the time of a decode.
    var isTypical: Bool { false }

    func run(_ token: CancellationToken) throws -> [[Float]] {
        // A range that the features hardly cover gets a vector that is like no other.
        let present = ranges.indices.filter { ranges[$0].count >= Self.leastFrames }
        let found = try model.vectors(of: present.map { ranges[$0] }, in: window)
        var vectors = [[Float]](repeating: [Float](repeating: 0, count: model.dimension), count: ranges.count)
        for (index, vector) in zip(present, found) { vectors[index] = vector }
        return vectors
    }
}

/// The clustering of a recording.
private struct LabelWork: InferenceRequest {
    let timeline: SpeakerTimeline
    let separation: SpeakerSeparation

    var isTypical: Bool { false }

    func run(_ token: CancellationToken) throws -> SpeakerLabelling { timeline.labelling(separation) }
}
