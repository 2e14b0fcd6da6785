import Foundation
import GigaSTT
import Synchronization

// The compiler takes `stat` for a part of this module, depending on the order of files.
#if canImport(CDispatch)
    import CDispatch
#endif

/// The recording that the command line names: a file, a named pipe, or standard input.
struct AudioInput {
    let source: AudioSource
    /// Seconds by the file's header, for the progress bar; `nil` when unknown.
    let duration: Double?

    init(path: String, headerless: HeaderlessEncoding?, track: Int? = nil) throws {
        if path == "-" {
            let input = FileHandle.standardInput.fileDescriptor
            // Proof: the memory is only handed on to read(2) together with its size, within the call.
            source = unsafe .stream(headerless: headerless) { memory in try unsafe Self.read(input, into: memory) }
                .track(track)
            duration = nil
        } else if Self.isPipe(path) {
            let pipe = Pipe(path: RawPath(path))
            // Proof: as above.
            source = unsafe .stream(headerless: headerless) { memory in
                try unsafe Self.read(pipe.descriptor(), into: memory)
            }.track(track)
            duration = nil
        } else {
            source = .file(try Self.url(of: path), headerless: headerless).track(track)
            duration = Console.isTerminal ? (try? AudioReader(source))?.properties.duration : nil
        }
    }

    /// Why the two channels of the file were not recognised apart.
    var singleVoiceReason: String {
        switch (try? AudioReader(source))?.properties.channelCount ?? 2 {
        case 1: "the recording is mono"
        case 2: "both channels of the recording hold the same voice"
        case let count: "the recording has \(count) channels instead of two"
        }
    }

    /// Refuses a file that cannot be read, before a model is downloaded for it.
    static func check(_ name: String) throws {
        if name == "-" { return }
        let path = RawPath(name)
        do throws(SystemFailure) {
            if try FileStatus(of: path).kind == .folder { throw SystemFailure(EISDIR) }
            // Proof: access(2) reads the path within the call.
            guard unsafe access(path.cString, R_OK) == 0 else { throw SystemFailure() }
        } catch {
            throw ExitFailure(message: "The recording \(path.description) cannot be opened: \(error.reason).")
        }
    }

    private static func url(of path: String) throws -> URL {
        do {
            return try RawPath(path).url()
        } catch {
            throw ExitFailure(message: "The recording \(RawPath(path).description) cannot be opened: \(error.reason).")
        }
    }

    /// Whether the path names a pipe: one made by mkfifo, `/dev/stdin` behind `|`, or what `<( … )` stands for.
    private static func isPipe(_ path: String) -> Bool {
        var status = stat()
        // Proof: stat(2) fills the structure that it is given.
        return unsafe stat(RawPath(path).cString, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    private static func read(_ descriptor: Int32, into memory: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            // Proof: read(2) writes at most `count` bytes.
            let count = unsafe Foundation.read(descriptor, memory.baseAddress, memory.count)
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw ExitFailure(message: "The input cannot be read: \(unsafe String(cString: strerror(errno))).")
            }
        }
    }

    /// A pipe, opened by its first read: opening waits for a writer, which may come later.
    private final class Pipe: Sendable {
        private let path: RawPath
        private let opened = Mutex<Int32?>(nil)

        init(path: RawPath) { self.path = path }

        deinit {
            if let descriptor = opened.withLock({ $0 }) { close(descriptor) }
        }

        func descriptor() throws -> Int32 {
            try opened.withLock { opened in
                if let opened { return opened }
                do throws(SystemFailure) {
                    let descriptor = try path.open()
                    opened = descriptor
                    return descriptor
                } catch {
                    throw ExitFailure(message: "The pipe cannot be opened: \(error.reason).")
                }
            }
        }
    }
}
