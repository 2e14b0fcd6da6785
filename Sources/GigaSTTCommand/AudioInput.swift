import Foundation
import GigaSTT

/// The recording that the command line names: a file, or standard input.
struct AudioInput {
    let source: AudioSource
    /// Seconds by the file's header, for the progress bar; `nil` when unknown.
    let duration: Double?

    init(path: String, headerless: HeaderlessEncoding?) {
        if path == "-" {
            // Proof: the memory is only handed on to read(2) together with its size, within the call.
            source = unsafe .stream(headerless: headerless) { memory in try unsafe Self.read(into: memory) }
            duration = nil
        } else {
            source = .file(URL(fileURLWithPath: path), headerless: headerless)
            duration = Console.isTerminal ? (try? AudioReader(source))?.properties.duration : nil
        }
    }

    /// Why the two channels of the file were not recognised apart.
    var singleVoiceReason: String {
        switch (try? AudioReader(source))?.properties.channelCount ?? 2 {
        case 1: "the recording is mono"
        case 2: "both channels of the recording hold the same"
        case let count: "the recording has \(count) channels instead of two"
        }
    }

    private static func read(into memory: UnsafeMutableRawBufferPointer) throws -> Int {
        // Proof: read(2) writes at most `count` bytes.
        let count = unsafe Foundation.read(
            FileHandle.standardInput.fileDescriptor, memory.baseAddress, memory.count)
        guard count >= 0 else { throw ExitFailure(message: "Standard input cannot be read.") }
        return count
    }
}
