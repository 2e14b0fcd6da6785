import ArgumentParser
import Foundation
import GigaSTT

/// Live samples from a recorder program or from standard input, as input of a recognition.
struct LiveAudio: AsyncSequence, Sendable {
    typealias Element = LiveInput

    /// Whether a microphone is recorded.
    let isMicrophone: Bool
    private let bytes: PipeReader
    private let converter: PCMConverter
    private let recorder: Recorder?

    /// The microphone when standard input is a terminal, raw samples from it otherwise.
    static func fromTerminalOrPipe(sampleRate: Int) throws -> LiveAudio {
        let converter: PCMConverter
        do {
            converter = try PCMConverter(.pcm16(sampleRate: sampleRate))
        } catch {
            throw ValidationError(error.message)
        }
        guard isatty(FileHandle.standardInput.fileDescriptor) == 1 else {
            return LiveAudio(
                isMicrophone: false, bytes: PipeReader(.standardInput), converter: converter, recorder: nil)
        }
        let recorder = try Recorder(sampleRate: sampleRate)
        return LiveAudio(
            isMicrophone: true, bytes: PipeReader(recorder.output), converter: converter, recorder: recorder)
    }

    /// Ends the audio; what was read so far is still delivered.
    func stop() {
        bytes.stop()
        recorder?.stop()
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(
            bytes: bytes, converter: converter,
            check: isMicrophone ? nil : RawAudioCheck(sampleRate: converter.format.sampleRate))
    }

    struct Iterator: AsyncIteratorProtocol {
        let bytes: PipeReader
        var converter: PCMConverter
        /// Whether standard input is what it was declared to be; `nil` for a microphone.
        private var check: RawAudioCheck?
        private var isOver = false
        private let start = ContinuousClock.now

        init(bytes: PipeReader, converter: PCMConverter, check: RawAudioCheck?) {
            self.bytes = bytes
            self.converter = converter
            self.check = check
        }

        mutating func next() async throws -> LiveInput? {
            if isOver { return nil }
            guard let block = await bytes.next() else {
                isOver = true
                return .audio(converter.finish())
            }
            let time = (ContinuousClock.now - start) / .seconds(1)
            if let finding = check?.append(block, at: time) {
                try report(finding)
            }
            return .audio(converter.convert(block))
        }

        /// Ends the speech for a container, which cannot be understood; warns of anything else.
        private func report(_ finding: RawAudioCheck.Finding) throws {
            let advice = "convert it: ffmpeg -i INPUT -f s16le -ac 1 -ar 16000 - | gigastt listen"
            switch finding {
            case .container(let name):
                throw ExitFailure(
                    message: "Standard input is \(name), not raw samples. Use gigastt transcribe - or \(advice)")
            case .sampleFormat(let name): Console.warn("Standard input seems to be \(name), not s16le; \(advice)")
            case .stereo: Console.warn("Standard input seems to have two channels instead of one; \(advice)")
            case .sampleRate(let rate):
                Console.warn("Standard input seems to have \(rate) Hz; use --sample-rate, or \(advice)")
            }
        }
    }
}
