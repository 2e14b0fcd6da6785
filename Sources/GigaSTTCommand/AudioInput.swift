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

    private static func read(into memory: UnsafeMutableRawBufferPointer) throws -> Int {
        // Proof: read(2) writes at most `count` bytes.
        let count = unsafe Foundation.read(
            FileHandle.standardInput.fileDescriptor, memory.baseAddress, memory.count)
        guard count >= 0 else { throw ExitFailure(message: "Standard input cannot be read.") }
        return count
    }
}
