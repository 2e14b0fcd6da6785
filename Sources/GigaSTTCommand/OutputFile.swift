import Foundation

/// Where the result goes: standard output with one newline, or a file with exactly the text.
enum OutputFile {
    /// Writes `text`. A file appears at once and whole, or not at all.
    static func write(_ text: String, as name: String, to path: String?) throws {
        guard let path else {
            do {
                try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
            } catch {
                throw ExitFailure(
                    message: "The transcript cannot be written to standard output: \(reason(error)). "
                        + "Choose a file with --output.")
            }
            return
        }
        do {
            try put(Data(text.utf8), at: path)
        } catch {
            throw ExitFailure(
                message: "The transcript cannot be written to \(path): \(reason(error)). "
                    + "Choose another place with --output.")
        }
        Console.note("Wrote \(name) export to \(path)")
    }

    private static func put(_ data: Data, at path: String) throws {
        let url = URL(fileURLWithPath: path)
        if isDevice(path) {
            // Writing atomically would put a file in the place of the device.
            let file = try FileHandle(forWritingTo: url)
            try file.write(contentsOf: data)
            try file.close()
        } else {
            try data.write(to: url.resolvingSymlinksInPath(), options: .atomic)
        }
    }

    /// Whether the name stands for a device or a pipe, itself or by a link such as `/dev/stdout`.
    private static func isDevice(_ path: String) -> Bool {
        var status = stat()
        // Proof: stat(2) reads the path and writes one `status`, both within the call.
        guard unsafe stat(path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    /// What the system said; Foundation's own sentence often hides it.
    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
        let cause = (underlying ?? error) as NSError
        // Proof: strerror(3) returns a C string that lives until the next call; it is copied at once.
        guard cause.domain == NSPOSIXErrorDomain, let text = unsafe strerror(Int32(cause.code)) else {
            return error.localizedDescription
        }
        // Proof: see above.
        return unsafe String(cString: text)
    }
}
