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
    public func makeAsyncIterator() -> Iterator { Iterator(segments: self) }

    /// Reads audio and hands out utterances; it owns all that is under way for them.
    public struct Iterator: AsyncIteratorProtocol {
        let segments: TranscriptSegments
        /// `nil` before the first utterance is asked for.
        private var voices: MergedVoices?

        init(segments: TranscriptSegments) { self.segments = segments }

        /// The next utterance, or `nil` after the last one.
        public mutating func next() async throws -> Segment? {
            var current = if let voices { voices } else { MergedVoices(try await segments.voices()) }
            defer { voices = current }
            return try await current.next()
        }
    }

    /// What is recognised apart from one another: the recording, or each of its two channels.
    private func voices() async throws -> [Voice] {
        if options.channels == .apart, case .media(let file) = input, file.source.isRereadable {
            // What says itself that it is too long is not read through to compare its channels.
            try await recognizer.probe(file.source, options: options)
        }
        guard options.channels == .apart, case .media(let file) = input, try await file.isTwoVoices() else {
            return [Voice(input, recognizer: recognizer, options: options)]
        }
        return (0..<2).map { index in
            let channel = MediaFile(file.source.channel(index, of: 2))
            return Voice(.media(channel), recognizer: recognizer, options: options, speaker: index)
        }
    }
}

extension MediaFile {
    fileprivate func isTwoVoices() async throws -> Bool {
        guard source.isRereadable else {
            throw GigaSTTError(
                .invalidOption, "The channels of a stream cannot be told apart. Put the recording into a file first.")
        }
        do {
            return try await hasTwoVoicesApart()
        } catch let error as MediaError {
            throw GigaSTTError(error)
        }
    }
}
