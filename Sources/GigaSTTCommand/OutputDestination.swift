import Foundation

/// Where a result goes: standard output, a device, or a file that is replaced at once and whole, or not at all.
///
/// It is checked before the work begins. If it cannot be written afterwards all the same, the result is kept in a temporary
/// file.
struct OutputDestination: Sendable {
    private enum Target: Sendable {
        case standardOutput
        case device(RawPath)
        /// `existing` is the file that is replaced.
        case file(RawPath, existing: FileStatus?)
    }

    private let target: Target
    /// The path as it was given.
    private let name: String

    /// Checks that `path` can be written and is not the recording; `nil` stands for standard output.
    ///
    /// Throws `ExitFailure`, which says what is wrong.
    init(_ path: String?, input: FileStatus.Identity?) throws(ExitFailure) {
        guard let path else {
            (target, name) = (.standardOutput, "standard output")
            return
        }
        let raw = RawPath(path)
        name = raw.description
        do {
            target = try Self.check(raw, input: input)
        } catch {
            throw Self.failure(name, error)
        }
    }

    /// Writes `text`, to standard output with one newline. `format` is the file name extension of the result.
    func write(_ text: String, as format: String) throws(ExitFailure) {
        do {
            switch target {
            case .standardOutput:
                try Self.put(text, into: STDOUT_FILENO)
                try Self.put("\n", into: STDOUT_FILENO)
            case .device(let path): try Self.write(text, toDevice: path)
            case .file(let path, let existing): try Self.replace(path, existing, with: text)
            }
        } catch {
            throw Self.failure(name, error, after: Self.keep(text, as: format))
        }
        if case .standardOutput = target { return }
        Console.note("Wrote \(format) export to \(name)")
    }

    private static func check(_ path: RawPath, input: FileStatus.Identity?) throws(SystemFailure) -> Target {
        let path = path.followingLinks()
        let existing: FileStatus?
        do {
            existing = try FileStatus(of: path)
        } catch  where error.number == ENOENT {
            existing = nil
        }
        switch existing?.kind {
        case .folder: throw SystemFailure(EISDIR)
        case .other:
            try checkAccess(path, W_OK)
            return .device(path)
        case .regular, nil:
            if let input, existing?.identity == input { throw SystemFailure(isRecording) }
            if existing != nil { try checkAccess(path, W_OK) }
            try checkFolder(path.folder)
            return .file(path, existing: existing)
        }
    }

    private static func checkFolder(_ folder: RawPath) throws(SystemFailure) {
        guard try FileStatus(of: folder).kind == .folder else { throw SystemFailure(ENOTDIR) }
        try checkAccess(folder, W_OK | X_OK)
        var status = statvfs()
        // Proof: statvfs(3) reads the path and writes one `status`, both within the call.
        guard unsafe statvfs(folder.cString, &status) == 0 else { return }
        if status.f_bavail == 0 { throw SystemFailure(ENOSPC) }
    }

    private static func checkAccess(_ path: RawPath, _ mode: Int32) throws(SystemFailure) {
        // Proof: access(2) reads the path within the call.
        guard unsafe access(path.cString, mode) == 0 else { throw SystemFailure() }
    }

    /// No number of the system's.
    private static let isRecording: Int32 = -1

    private static func failure(_ name: String, _ error: SystemFailure, after kept: String? = nil) -> ExitFailure {
        let reason = error.number == isRecording ? "it is the recording itself" : error.reason
        let advice = name == "standard output" ? "Choose a file with --output." : "Choose another place with --output."
        let place = kept.map { " The transcript was kept in \($0)." } ?? ""
        return ExitFailure(message: "The transcript cannot be written to \(name): \(reason). \(advice)\(place)")
    }
}

extension OutputDestination {
    private static func write(_ text: String, toDevice path: RawPath) throws(SystemFailure) {
        try fill(try path.open(O_WRONLY), with: text)
    }

    /// Writes a file, which appears, or replaces the `existing` one, at once and whole.
    static func replace(
        _ path: RawPath, _ existing: FileStatus? = nil, with text: String
    ) throws(SystemFailure) {
        // A short name of its own: the name beside it may already be as long as the system allows.
        let partial = path.sibling(".gigastt-\(UUID().uuidString.prefix(8)).partial")
        let descriptor = try partial.open(O_WRONLY | O_CREAT | O_EXCL, 0o666)
        do throws(SystemFailure) {
            if let existing { fchmod(descriptor, existing.mode) }
            try fill(descriptor, with: text)
            try partial.rename(to: path)
        } catch {
            try? partial.unlink()
            throw error
        }
    }

    /// The path of a private temporary file with the text; `nil` when there is no room for it either.
    private static func keep(_ text: String, as format: String) -> String? {
        let name = "gigastt-transcript-\(UUID().uuidString.prefix(8)).\(format)"
        let path = RawPath(FileManager.default.temporaryDirectory.appendingPathComponent(name).path)
        guard let descriptor = try? path.open(O_WRONLY | O_CREAT | O_EXCL, 0o600) else { return nil }
        do {
            try fill(descriptor, with: text)
            return path.description
        } catch {
            try? path.unlink()
            return nil
        }
    }

    /// Writes the text and closes the file: some file systems report a full disk only then.
    private static func fill(_ descriptor: Int32, with text: String) throws(SystemFailure) {
        do throws(SystemFailure) {
            try put(text, into: descriptor)
            // A device has nothing to synchronise.
            guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw SystemFailure() }
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw SystemFailure() }
    }

    /// Writes the text a part at a time: a second copy of a long one would take its memory again.
    private static func put(_ text: String, into descriptor: Int32) throws(SystemFailure) {
        var rest = text.utf8[...]
        while !rest.isEmpty {
            let part = rest.prefix(1 << 16)
            try put(Array(part), into: descriptor)
            rest = rest[part.endIndex...]
        }
    }

    /// Writes all of the bytes.
    static func put(_ bytes: [UInt8], into descriptor: Int32) throws(SystemFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // Proof: write(2) reads `count` bytes of the slice, all of which are there.
            let count = unsafe rest.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemFailure()
            }
            rest = rest.dropFirst(count)
        }
    }
}
