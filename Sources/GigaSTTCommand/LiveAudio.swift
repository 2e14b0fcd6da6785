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

    /// Ends the audio: what was read so far is still handed out.
    func stop() {
        bytes.stop()
        recorder?.stop()
    }

    func makeAsyncIterator() -> Iterator { Iterator(bytes: bytes, converter: converter) }

    struct Iterator: AsyncIteratorProtocol {
        let bytes: PipeReader
        var converter: PCMConverter
        private var isOver = false

        init(bytes: PipeReader, converter: PCMConverter) {
            self.bytes = bytes
            self.converter = converter
        }

        mutating func next() async throws -> LiveInput? {
            if isOver { return nil }
            guard let block = await bytes.next() else {
                isOver = true
                return .audio(converter.finish())
            }
            return .audio(converter.convert(block))
        }
    }
}
