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
        var packed = PackedSegments()
        for segment in segments { packed.append(segment) }
        return try await label(&packed) ? packed.segments : nil
    }

    /// Sets the speakers as `labelled` does; returns `false`, and leaves the words as they are, where that returns `nil`.
    package mutating func label(_ segments: inout PackedSegments) async throws -> Bool {
        guard let separation = options.speakers, let track = speakers,
            let found = try await track.labelling(separation), segments.setSpeakers(found.words)
        else { return false }
        voices = zip(found.voices, found.seconds).map { ($0, $1) }
        speakerNames = options.knownVoices?.names(of: found.voices)
        return true
    }

    /// All utterances that are left, with the speakers of their words where they are asked for and found.
    package mutating func transcript() async throws -> Transcript {
        var segments = PackedSegments()
        while let segment = try await next() { segments.append(segment) }
        _ = try await label(&segments)
        return transcript(segments)
    }

    /// The transcript of all utterances that were handed out.
    package func transcript(_ segments: PackedSegments) -> Transcript {
        Transcript(segments: segments.segments, duration: segments.end, speakerNames: speakerNames)
    }
}
