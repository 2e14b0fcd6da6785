#if canImport(AVFAudio)
    import AVFAudio
    import GigaSTT

    /// The microphone as input of a live recognition.
    struct Microphone: AsyncSequence, Sendable {
        typealias Element = LiveInput

        private let stream: AsyncStream<LiveInput>

        /// Starts the engine; the system asks the person for permission the first time.
        init() throws {
            let engine = AVAudioEngine()
            let format = engine.inputNode.outputFormat(forBus: 0)
            var resampler = try Resampler(from: Int(format.sampleRate))
            let (stream, arrival) = AsyncStream.makeStream(of: LiveInput.self, bufferingPolicy: .bufferingNewest(200))
            engine.inputNode.installTap(onBus: 0, bufferSize: 4_800, format: format) { block, _ in
                guard let channel = block.floatChannelData?[0] else { return }
                let samples = Array(UnsafeBufferPointer(start: channel, count: Int(block.frameLength)))
                arrival.yield(.audio(resampler.append(samples)))
            }
            try engine.start()
            arrival.onTermination = { _ in engine.stop() }
            self.stream = stream
        }

        func makeAsyncIterator() -> AsyncStream<LiveInput>.Iterator { stream.makeAsyncIterator() }
    }
#endif
