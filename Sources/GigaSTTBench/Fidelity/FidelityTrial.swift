import Foundation
import GigaSTT
import OnnxRuntime
import STTEncoderCache
import STTRecognition

/// What one form of an encoder heard.
struct FidelityTrial {
    let form: FidelityForm
    /// Words of each recording, in pieces of some minutes.
    private(set) var words: [[String]] = []
    /// Frames of the window of each recording.
    private(set) var frames: [(values: [Float], frameCount: Int)] = []
    private(set) var seconds = 0.0
    let kernels: String?

    /// Recognises all recordings; one is read at a time, as a stream. `nil` when there are no kernels for it.
    static func run(
        _ form: FidelityForm, _ recordings: [FidelityRecording], _ windows: [FeatureWindow], note: (String) -> Void
    ) async throws -> FidelityTrial? {
        var configuration = RecognizerConfiguration()
        configuration.cache = form.cache.map { EncoderCache(at: $0) }
        let recognizer = try await Recognizer(ModelFolder(at: form.folder), configuration: configuration)
        if form.cache != nil && recognizer.encoderKernels == nil { return nil }
        var trial = FidelityTrial(form: form, kernels: recognizer.encoderKernels)
        var options = TranscriptionOptions()
        options.text.numbers = false
        let start = ContinuousClock.now
        for (index, recording) in recordings.enumerated() {
            let transcript =
                form.delay == 0
                ? try await recognizer.transcribe(recording.url, options: options)
                : try await recognizer.transcribe(samples: recording.samples(delay: form.delay), options: options)
            trial.words.append(transcript.words.flatMap { FidelityClips.words($0.text) })
            note("\(form.name): \(index + 1) of \(recordings.count)")
        }
        trial.seconds = (ContinuousClock.now - start) / .seconds(1)
        await recognizer.shutDown()
        let model = try model(of: form)
        trial.frames = try windows.map { try model.searchedFrames($0) }
        return trial
    }

    private static func model(of form: FidelityForm) throws -> SpeechModel {
        let files = try ModelFiles(in: form.folder)
        guard let cache = form.cache else { return try SpeechModel(files) }
        let runtime = RuntimeFingerprint(try OrtEnvironment.shared().library)
        guard case .found(let prepared) = CacheFolder(cache).find(files.encoder, for: runtime) else {
            throw FidelityForm.Failure(description: "the prepared encoder is gone")
        }
        return try withExtendedLifetime(prepared) {
            try SpeechModel(files.replacingEncoder(with: prepared.graph, kernels: prepared.kernels))
        }
    }
}

/// A form against floats.
struct FidelityResult: Encodable {
    let form: String
    let bytes: Int
    let audioSeconds: Double
    let seconds: Double
    /// Errors and words against what is said, where that is known.
    var errors = 0
    var words = 0
    /// Points of the word error rate more than with floats.
    var moreErrorPoints = 0.0
    /// Errors and words against what the floats heard.
    var differences = 0
    var wordsOfFloats = 0
    var deletedRuns: [WordDifference.Run] = []
    var insertedRuns: [WordDifference.Run] = []
    /// Cosine of the frames that the search reads with those of the floats.
    var meanCosine = 1.0
    var leastCosine = 1.0
    /// Errors more than with floats, by condition.
    var moreErrors: [String: Int] = [:]

    var errorRate: Double { words == 0 ? 0 : 100 * Double(errors) / Double(words) }
    var holds: Bool { deletedRuns.isEmpty && moreErrorPoints <= 0.1 }

    init(_ trial: FidelityTrial, against floats: FidelityTrial, _ recordings: [FidelityRecording]) {
        (form, bytes, seconds) = (
            trial.kernels.map { "kernels, \($0)" } ?? trial.form.name, trial.form.byteCount, trial.seconds
        )
        audioSeconds = recordings.reduce(0) { $0 + $1.seconds }
        var errorsOfFloats = 0
        for (recording, (found, expected)) in zip(recordings, zip(trial.words, floats.words)) {
            let difference = WordDifference(expected: expected, found: found)
            differences += difference.errors
            wordsOfFloats += expected.count
            deletedRuns += difference.runs.filter(\.isDeleted)
            insertedRuns += difference.runs.filter { !$0.isDeleted }
            guard let said = recording.words else { continue }
            let (mine, theirs) = (ErrorCount.distance(said, found), ErrorCount.distance(said, expected))
            (errors, errorsOfFloats, words) = (errors + mine, errorsOfFloats + theirs, words + said.count)
            moreErrors[recording.condition, default: 0] += mine - theirs
        }
        moreErrorPoints = words == 0 ? 0 : 100 * Double(errors - errorsOfFloats) / Double(words)
        let cosines = zip(trial.frames, floats.frames).flatMap { Self.cosines($0.0, $0.1) }
        if !cosines.isEmpty {
            (meanCosine, leastCosine) = (cosines.reduce(0, +) / Double(cosines.count), cosines.min() ?? 0)
        }
    }

    /// Of each frame.
    static func cosines(
        _ first: (values: [Float], frameCount: Int), _ second: (values: [Float], frameCount: Int)
    ) -> [Double] {
        guard first.frameCount == second.frameCount, first.values.count == second.values.count, first.frameCount > 0
        else { return [0] }
        let width = first.values.count / first.frameCount
        return (0..<first.frameCount).map { frame in
            var (product, a, b) = (0.0, 0.0, 0.0)
            for index in frame * width..<(frame + 1) * width {
                let (x, y) = (Double(first.values[index]), Double(second.values[index]))
                (product, a, b) = (product + x * y, a + x * x, b + y * y)
            }
            return a > 0 && b > 0 ? product / (a * b).squareRoot() : (a == b ? 1 : 0)
        }
    }
}
