import Foundation

// The compiler takes `stat` for a part of this module, depending on the order of files.
#if canImport(CDispatch)
    import CDispatch
#endif

extension RawPath {
    /// The name of the file without its folder.
    var name: RawPath {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return self }
        return RawPath(bytes: Array(bytes[(slash + 1)...]))
    }

    /// The name with a number before its extension.
    func numbered(_ number: Int) -> RawPath {
        let stem = stem.bytes
        return RawPath(bytes: stem + Array("-\(number)".utf8) + name.bytes.dropFirst(stem.count))
    }

    /// Whether the path is a symbolic link.
    var isLink: Bool {
        var status = stat()
        // Proof: lstat(2) reads the path and writes one `status`, both within the call.
        return unsafe lstat(cString, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// Removes the file.
    func unlink() throws(SystemFailure) {
        // Proof: unlink(2) reads the path within the call.
        guard unsafe Foundation.unlink(cString) == 0 else { throw SystemFailure() }
    }

    /// Gives the file another name as well, which must be free.
    func link(to target: RawPath) throws(SystemFailure) {
        // Proof: link(2) reads both paths within the call.
        guard unsafe Foundation.link(cString, target.cString) == 0 else { throw SystemFailure() }
    }

    /// Gives the file another name, which is replaced if it is taken.
    func rename(to target: RawPath) throws(SystemFailure) {
        // Proof: rename(2) reads both paths within the call.
        guard unsafe Foundation.rename(cString, target.cString) == 0 else { throw SystemFailure() }
    }

    /// Copies the file; `target` appears when it is complete.
    func copy(to target: RawPath) throws(SystemFailure) {
        let source = FileHandle(fileDescriptor: try open(), closeOnDealloc: true)
        let partial = target.sibling(".gigastt-\(UUID().uuidString.prefix(8)).partial")
        let copy = FileHandle(
            fileDescriptor: try partial.open(O_WRONLY | O_CREAT | O_EXCL, 0o666), closeOnDealloc: true)
        do {
            while let block = try source.read(upToCount: 1 << 20), !block.isEmpty { try copy.write(contentsOf: block) }
            try copy.synchronize()
            try partial.rename(to: target)
        } catch {
            try? partial.unlink()
            throw (error as? SystemFailure) ?? SystemFailure(EIO)
        }
    }

    /// Makes the folder and those that it is in, as far as they are not there.
    func makeFolders() throws(SystemFailure) {
        // Proof: mkdir(2) reads the path within the call.
        if unsafe mkdir(cString, 0o777) == 0 { return }
        let failure = SystemFailure()
        if failure.number == ENOENT, folder != self {
            try folder.makeFolders()
            return try makeFolders()
        }
        // A link to a folder is one.
        guard failure.number == EEXIST, (try? FileStatus(of: self))?.kind == .folder else {
            throw failure.number == EEXIST ? SystemFailure(ENOTDIR) : failure
        }
    }
}
