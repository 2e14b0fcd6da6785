/// A recording as a sequence of blocks of 16 kHz mono samples.
///
/// ```swift
/// for try await block in MediaFile(.file(url)) { … }
/// ```
/// Decoding happens on a thread of its own, when the next block is asked for, so one block is held at a time.
/// Cancelling the task ends the sequence at once with `CancellationError`. Each iterator reads from the start, except
/// that a stream can be read only once.
public struct MediaFile: AsyncSequence, Sendable {
    /// At most one second of samples, −1…1.
    public typealias Element = [Float]

    /// Samples in each block but the last.
    public static let blockSize = AudioReader.sampleRate

    /// Where the bytes come from.
    public let source: AudioSource

    /// Names a recording; nothing is opened yet.
    public init(_ source: AudioSource) {
        self.source = source
    }

    /// Begins at the start of the recording.
    public func makeAsyncIterator() -> Iterator {
        Iterator(blocks: BlockReader(source, blockSize: Self.blockSize))
    }

    /// Reads one block at a time.
    public struct Iterator: AsyncIteratorProtocol {
        let blocks: BlockReader
        /// Samples of a long silence that are still to be given out.
        private var zeros = 0

        init(blocks: BlockReader) { self.blocks = blocks }

        /// What the recording's header says; `nil` after the end. Opens the recording, and may be called before or between
        /// blocks.
        ///
        /// - Throws: as `next` does.
        public mutating func properties() async throws -> AudioProperties? {
            try await blocks.properties()
        }

        /// What the reader of the recording should know, by what was read of it so far: channels that cancel each other,
        /// further audio tracks.
        ///
        /// - Throws: `CancellationError` when the task is cancelled.
        public mutating func notes() async throws -> [MediaNote] {
            try await blocks.notes()
        }

        /// The next block, nil at the end. A gap in the recording gives blocks of zeros.
        ///
        /// - Throws: `MediaError` when the recording cannot be read, `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> [Float]? {
            if zeros == 0 {
                switch try await nextBlock() {
                case .samples(let samples)?: return samples
                case .silence(let count)?: zeros = count
                case nil: return nil
                }
            }
            let count = Swift.min(zeros, MediaFile.blockSize)
            zeros -= count
            return [Float](repeating: 0, count: count)
        }

        /// The same, but a long gap in the recording is one block, whatever its length.
        package mutating func nextBlock() async throws -> MediaBlock? {
            try await blocks.next()
        }
    }
}
