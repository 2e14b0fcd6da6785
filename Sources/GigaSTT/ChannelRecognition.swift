import STTMedia
import STTRecognition
import STTValues

/// One channel of audio that is being recognised, utterance by utterance.
struct ChannelRecognition {
    private let stream: RecognitionStream
    private var source: SampleSource
    /// The speaker of every word; `nil` where that is not known.
    private let speaker: Int?

    init(_ stream: RecognitionStream, _ source: SampleSource, speaker: Int?) {
        self.stream = stream
        self.source = source
        self.speaker = speaker
    }

    /// The next utterance, or `nil` after the last one.
    mutating func next() async throws -> Segment? {
        let stream = stream
        // Ends with the scope.
        async let _ = stream.watch()
        return try await advance()
    }

    private mutating func advance() async throws -> Segment? {
        while true {
            while let next = try stream.poll() {
                if case .final(let segment) = next.event { return spoken(segment) }
            }
            if stream.isOver { return nil }
            // Workers decode meanwhile: reading goes on as long as there is room for what is read.
            if source.isOver || !stream.hasRoom {
                try await stream.waitForEventOrRoom()
            } else if let block = try await source.next() {
                try await stream.append(block)
            } else {
                try await stream.finish()
            }
        }
    }

    /// What the reader of the recording should know.
    mutating func notes() async throws -> [MediaNote] { try await source.notes() }

    /// The segment at its time in the recording, with its speaker.
    private func spoken(_ segment: Segment) -> Segment {
        var segment = segment
        segment.start = source.recordingTime(segment.start)
        segment.end = source.recordingTime(segment.end)
        for index in segment.words.indices {
            segment.words[index].start = source.recordingTime(segment.words[index].start)
            segment.words[index].end = source.recordingTime(segment.words[index].end)
            segment.words[index].lastToken = source.recordingTime(segment.words[index].lastToken)
            segment.words[index].speaker = speaker ?? segment.words[index].speaker
        }
        return segment
    }
}
