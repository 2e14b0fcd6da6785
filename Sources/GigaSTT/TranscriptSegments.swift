import STTRecognition

/// The utterances of one recording in order of time, recognised while they are iterated.
///
/// The last one ends where the recording ends; it has no words when the recording ends in silence.
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
    public func makeAsyncIterator() -> Iterator {
        Iterator(
            stream: recognizer.stream { $0.rules = SegmentationRules(options.endpointing) }, feed: Feed(input))
    }

    /// Reads audio and hands out utterances; it owns all that is under way for them.
    public struct Iterator: AsyncIteratorProtocol {
        let stream: RecognitionStream
        var feed: Feed

        /// The next utterance, or `nil` after the last one.
        public mutating func next() async throws -> Segment? {
            while true {
                while let next = try stream.poll() {
                    if case .final(let segment) = next.event { return segment }
                }
                if stream.isOver { return nil }
                // Workers decode meanwhile: reading goes on as long as there is room for what is read.
                if feed.isOver || !stream.hasRoom {
                    try await stream.waitForEventOrRoom()
                } else if let block = try await feed.next() {
                    try await stream.append(block)
                } else {
                    try await stream.finish()
                }
            }
        }
    }
}
