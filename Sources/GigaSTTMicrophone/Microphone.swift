#if canImport(AVFAudio)
    import AVFAudio

    /// The microphone as input of a live recognition: it is on while a loop reads it.
    ///
    /// ```swift
    /// try await recognizer.transcribe(live: Microphone()) { event in … }
    /// ```
    /// The app needs `NSMicrophoneUsageDescription`, and in the sandbox of macOS the entitlement
    /// `com.apple.security.device.audio-input`. On iOS the shared audio session is set to recording, and released at the end.
    ///
    /// Compiled against declarations of AVFAudio only, and never run: the package is tested on Linux.
    public struct Microphone: AsyncSequence, Sendable {
        /// 16 kHz, one channel, −1…1.
        public typealias Element = [Float]

        /// Costs nothing until it is read.
        public init() {}

        /// Asks for access to the microphone, where that was not decided before, and returns whether there is access.
        ///
        /// Reading does so, too: an app calls it where it wants the question to come earlier.
        public static func requestPermission() async -> Bool {
            await AVAudioApplication.requestRecordPermission()
        }

        /// The first `next` switches the microphone on.
        public func makeAsyncIterator() -> Iterator { Iterator() }

        /// Blocks of samples. The microphone is off when the task is cancelled, after an error, and when the iterator is
        /// released.
        public struct Iterator: AsyncIteratorProtocol {
            private var blocks: AsyncThrowingStream<[Float], any Error>.Iterator?

            init() {}

            /// The next block; `nil` when the task was cancelled.
            ///
            /// - Throws: ``MicrophoneError``, `MediaError`, or what AVFAudio throws.
            public mutating func next() async throws -> [Float]? {
                if blocks == nil {
                    guard await Microphone.requestPermission() else { throw MicrophoneError.noPermission }
                    blocks = try await MicrophoneCapture.blocks().makeAsyncIterator()
                }
                return try await blocks?.next()
            }
        }
    }
#endif
