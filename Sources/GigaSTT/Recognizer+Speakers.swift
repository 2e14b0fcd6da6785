package import Foundation
import STTEncoderCache
import STTRecognition

extension SpeakerModel {
    /// The speaker model of a folder: the quantised one if it was made, whether or not it exists.
    private static func url(in folder: URL) -> URL {
        let quantised = folder.appendingPathComponent(SpeakerQuantizer.fileName)
        return FileManager.default.fileExists(atPath: quantised.path)
            ? quantised : folder.appendingPathComponent(fileName)
    }

    /// The speaker model in a model folder, or why it cannot be used; `nil` when there is none.
    static func result(in folder: URL) -> Result<SpeakerModel, GigaSTTError>? {
        let url = url(in: folder)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        do {
            return .success(try SpeakerModel(contentsOf: url))
        } catch {
            let failure = GigaSTTError(.modelDamaged, "The speaker model cannot be used.", detail: "\(error)")
            return .failure(error as? GigaSTTError ?? failure)
        }
    }

    /// SHA-256 of the speaker model in a folder: a tenth of a second for WeSpeaker's.
    static func digest(in folder: URL) throws -> String {
        try ContentDigest.ofFile(url(in: folder))
    }
}

extension ModelFolder {
    /// The speaker model of floats, whether or not it exists.
    package var speakerModel: URL { url.appendingPathComponent(SpeakerModel.fileName) }
}

extension Result {
    var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}

extension TranscriptSegments.Iterator {
    /// The utterances with the speakers of their words: numbers from 0 in order of their first words. Who spoke is known
    /// only when the whole recording is read, so ask after the last utterance, with all that were handed out.
    ///
    /// `nil` when `TranscriptionOptions.speakers` is not set, the recognizer has no speaker model, the model failed, or
    /// the channels were recognised apart. Cost: a fraction of a second for an hour.
    ///
    /// - Throws: `GigaSTTError` when the recognizer shuts down, and `CancellationError`.
    public mutating func labelled(_ segments: [Segment]) async throws -> [Segment]? {
        guard let separation = options.speakers, let track = speakers else { return nil }
        guard let found = try await track.labelling(separation),
            found.words.map(\.count) == segments.map(\.words.count)
        else { return nil }
        voices = zip(found.voices, found.seconds).map { ($0, $1) }
        speakerNames = options.knownVoices?.names(of: found.voices)
        return zip(segments, found.words).map { segment, labels in
            var segment = segment
            for (index, label) in labels.enumerated() { segment.words[index].speaker = label }
            return segment
        }
    }
}
