#if canImport(AVFAudio)
    import AVFAudio
    import GigaSTT
    import Synchronization

    /// The microphone as input of a live recognition: it is on while a loop reads it. Written for macOS and iOS, and
    /// untested: the package is tested on Linux only.
    struct Microphone: AsyncSequence, Sendable {
        typealias Element = [Float]

        /// The system asks the person for permission the first time. The newest 200 blocks, about 20 s, are kept for a
        /// reader that is late.
        func makeAsyncIterator() -> AsyncThrowingStream<[Float], any Error>.Iterator {
            let blocks = AsyncThrowingStream<[Float], any Error>(bufferingPolicy: .bufferingNewest(200)) { arrival in
                do {
                    let capture = try Capture { arrival.yield($0) }
                    arrival.onTermination = { _ in capture.stop() }
                } catch {
                    arrival.finish(throwing: error)
                }
            }
            return blocks.makeAsyncIterator()
        }
    }

    // Proof: the engine is set up in `init`, and used afterwards by `stop` only, once.
    private final class Capture: @unchecked Sendable {
        private let engine = AVAudioEngine()
        private let resampler: Mutex<Resampler>

        init(_ take: @escaping @Sendable ([Float]) -> Void) throws {
            #if os(iOS)
                try AVAudioSession.sharedInstance().setCategory(.record, mode: .measurement)
                try AVAudioSession.sharedInstance().setActive(true)
            #endif
            let format = engine.inputNode.outputFormat(forBus: 0)
            resampler = Mutex(try Resampler(from: Int(format.sampleRate)))
            engine.inputNode.installTap(onBus: 0, bufferSize: 4_800, format: format) { @Sendable [self] block, _ in
                guard let channel = block.floatChannelData?[0] else { return }
                let samples = Array(UnsafeBufferPointer(start: channel, count: Int(block.frameLength)))
                take(resampler.withLock { $0.append(samples) })
            }
            try engine.start()
        }

        func stop() {
            engine.inputNode.removeTap(onBus: 0)
            engine.stop()
        }
    }
#endif
