import STTMedia
import STTRecognition

/// The utterances of one recording in order of time, recognised while they are iterated.
///
/// The last one ends where the recording ends; it has no words when the recording ends in silence. Channels that are
/// recognised apart have utterances of their own, which may overlap; they come in order of their first words.
public struct TranscriptSegments: AsyncSequence, Sendable {
    /// One utterance.
    public typealias Element = Segment

    enum Input: Sendable {
        case media(MediaFile)
        case samples([Float], sampleRate: Int)
    }

    let recognizer: Recognizer
    let input: Input
    let options: TranscriptionOptions

    /// Starts at the first utterance.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Reads audio and hands out utterances; it owns all that is under way for them.
    public struct Iterator: AsyncIteratorProtocol {
        private var voices: MergedVoices
        /// What takes the place of the recording if its channels turn out to be two voices.
        private var channels: (file: MediaFile, lengthLimit: Duration?, voices: MergedVoices)?

        init(_ segments: TranscriptSegments) {
            voices = MergedVoices([segments.voice(segments.input)])
            guard segments.options.channels == .apart, case .media(let file) = segments.input else { return }
            let sides = (0..<2).map { segments.voice(.media(MediaFile(file.source.channel($0, of: 2))), speaker: $0) }
            channels = (file, segments.options.lengthLimit, MergedVoices(sides))
        }

        /// The next utterance, or `nil` after the last one.
        public mutating func next() async throws -> Segment? {
            if let channels {
                // What says that it is too long, or cannot be read, is not read through to compare its channels.
                var feed = Feed(.media(channels.file), lengthLimit: channels.lengthLimit)
                if channels.file.source.canRestart { _ = try await feed.next() }
                if try await channels.file.isTwoVoices() { voices = channels.voices }
                self.channels = nil
            }
            return try await voices.next()
        }

        /// What the reader of the recording should know, by what was read of it so far: channels that cancel each other,
        /// further audio tracks. After the last utterance, everything.
        ///
        /// - Throws: `CancellationError` when the task is cancelled.
        public mutating func notes() async throws -> [MediaNote] { try await voices.notes() }
    }

    private func voice(_ input: Input, speaker: Int? = nil) -> Voice {
        let stream = recognizer.stream {
            $0.rules = SegmentationRules(options.endpointing)
            guard options.waitLimit != nil || options.stallLimit != nil else { return }
            $0.patience = PatienceClock(
                Patience(waitLimit: options.waitLimit, stallLimit: options.stallLimit, now: .now))
        }
        return Voice(stream, Feed(input, lengthLimit: options.lengthLimit), speaker: speaker)
    }
}

extension MediaFile {
    fileprivate func isTwoVoices() async throws -> Bool {
        guard source.canRestart else {
            throw GigaSTTError(
                .invalidOption, "The channels of a stream cannot be told apart. Put the recording into a file first.")
        }
        do {
            return try await hasDistinctStereoChannels()
        } catch let error as MediaError {
            throw GigaSTTError(error)
        }
    }
}
