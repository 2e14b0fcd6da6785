#if canImport(AVFAudio)
    import AVFAudio
    import Dispatch
    import Foundation
    import GigaSTT
    import Synchronization

    /// Owns the audio engine while the microphone is on.
    // Proof: engine and observers are touched only by work items of the serial `queue`; the converter is behind a lock.
    final class MicrophoneCapture: @unchecked Sendable {
        typealias Arrival = AsyncThrowingStream<[Float], any Error>.Continuation

        /// Blocks that wait for the reader: about 20 s.
        private static let waitingLimit = 200
        /// Frames of a block, which the system may change: 100 ms at 48 kHz.
        private static let blockFrames: AVAudioFrameCount = 4_800

        private let queue = DispatchQueue(label: "gigastt.microphone")
        private let engine = AVAudioEngine()
        private let converter = Mutex(AudioBufferConverter())
        private var observers: [any NSObjectProtocol] = []

        /// Switches the microphone on; releasing the stream, or cancelling its reader, switches it off.
        static func blocks() async throws -> AsyncThrowingStream<[Float], any Error> {
            let capture = MicrophoneCapture()
            let (stream, arrival) = AsyncThrowingStream<[Float], any Error>.makeStream(
                bufferingPolicy: .bufferingOldest(waitingLimit))
            // After the call that ends the stream has returned: it may come from the engine.
            arrival.onTermination = { _ in capture.queue.async { capture.stop() } }
            try await withCheckedThrowingContinuation { (started: CheckedContinuation<Void, any Error>) in
                capture.queue.async { started.resume(with: Result { try capture.start(arrival) }) }
            }
            return stream
        }

        private func start(_ arrival: Arrival) throws {
            #if os(iOS)
                let session = AVAudioSession.sharedInstance()
                try session.setCategory(.record, mode: .measurement, options: [])
                try session.setActive(true, options: [])
            #endif
            let input = engine.inputNode
            let format = input.outputFormat(forBus: 0)
            // Without a device the format is empty, and a tap with it would end the process.
            guard format.sampleRate > 0, format.channelCount > 0 else { throw MicrophoneError.noMicrophone }
            input.installTap(onBus: 0, bufferSize: Self.blockFrames, format: format) { @Sendable [self] buffer, _ in
                do {
                    // The buffer is the engine's; its samples are copied before the block returns.
                    let samples = try converter.withLock { try $0.convert(buffer) }
                    guard case .dropped = arrival.yield(samples) else { return }
                    arrival.finish(throwing: MicrophoneError.readerTooSlow)
                } catch {
                    arrival.finish(throwing: error)
                }
            }
            try engine.start()
            observe(.AVAudioEngineConfigurationChange, of: engine, arrival)
            #if os(iOS)
                observe(AVAudioSession.interruptionNotification, of: session, arrival)
            #endif
        }

        private func observe(_ name: Notification.Name, of object: AnyObject, _ arrival: Arrival) {
            observers.append(
                NotificationCenter.default.addObserver(forName: name, object: object, queue: nil) { @Sendable _ in
                    arrival.finish(throwing: MicrophoneError.interrupted)
                })
        }

        private func stop() {
            for observer in observers { NotificationCenter.default.removeObserver(observer) }
            observers = []
            engine.inputNode.removeTap(onBus: 0)
            engine.stop()
            #if os(iOS)
                // A failure leaves no more than the sound of other apps interrupted.
                try? AVAudioSession.sharedInstance().setActive(false, options: .notifyOthersOnDeactivation)
            #endif
        }
    }
#endif
