import ArgumentParser
import Crypto
import Foundation

/// The folders of a batch and what is done with files in them. Everything here blocks.
struct BatchFolders: Sendable {
    /// What is done with a recording that was transcribed.
    enum Disposal: Sendable, Hashable {
        case keep, delete
        case move(RawPath)
    }

    let input, output: RawPath
    let disposal: Disposal

    /// Makes the folders that are written to. Throws `ExitFailure` when one cannot be used, and a usage error for recordings that
    /// would be moved to where they are, under another name each time.
    init(input: RawPath, output: RawPath, disposal: Disposal) throws {
        (self.input, self.output, self.disposal) = (input, output, disposal)
        guard let status = try? FileStatus(of: input), status.kind == .folder else {
            throw ExitFailure(message: "input directory not found: \(input.printable)")
        }
        if case .move(let folder) = disposal, (try? FileStatus(of: folder))?.identity == status.identity {
            throw ValidationError("--move-to is the folder of the recordings; name another, such as one below it")
        }
        try Self.make(output)
        if case .move(let folder) = disposal { try Self.make(folder) }
    }

    private static func make(_ folder: RawPath) throws(ExitFailure) {
        do throws(SystemFailure) {
            try folder.makeFolders()
            // Proof: access(2) reads the path within the call.
            guard unsafe access(folder.cString, W_OK | X_OK) == 0 else { throw SystemFailure() }
        } catch {
            throw ExitFailure(message: "The folder \(folder.printable) cannot be written: \(error.reason).")
        }
    }

    /// The recordings that are there. The folders that are written to are not searched.
    func listing() -> FolderListing {
        var folders = [output]
        if case .move(let folder) = disposal { folders.append(folder) }
        return FolderListing(of: input, excluding: Set(folders.compactMap { try? FileStatus(of: $0).identity }))
    }

    /// Where a recording is.
    func opened(_ source: BatchSource) throws(SystemFailure) -> OpenedPath { try input.appending(source.path).opened() }

    /// Whether a recording is as it was found.
    func isUnchanged(_ source: BatchSource) -> Bool {
        guard let status = try? FileStatus(of: input.appending(source.path)) else { return false }
        return status.size == source.size && status.modified == source.modified
    }

    /// SHA-256 of a recording, in hexadecimal.
    func digest(of source: BatchSource) throws -> String {
        let handle = FileHandle(fileDescriptor: try input.appending(source.path).open(), closeOnDealloc: true)
        var hash = SHA256()
        while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty { hash.update(data: block) }
        return hash.finalize().hexadecimal
    }

    /// The paths of the outputs of a name, below the output folder.
    static func outputs(_ name: RawPath, _ extensions: [String]) -> [RawPath] {
        extensions.map { RawPath(bytes: name.bytes + Array(".\($0)".utf8)) }
    }

    /// Whether all outputs of an entry are there; one for a file that is not to be transcribed has none.
    func hasOutputs(_ entry: LedgerEntry, _ extensions: [String]) -> Bool {
        entry.name.isEmpty
            || Self.outputs(RawPath(entry.name), extensions).allSatisfy {
                (try? FileStatus(of: output.appending($0)))?.kind == .regular
            }
    }

    /// Copies outputs under another name, each at once and whole.
    func copy(_ name: RawPath, to other: RawPath, _ extensions: [String]) throws {
        for (from, to) in zip(Self.outputs(name, extensions), Self.outputs(other, extensions)) {
            let handle = FileHandle(fileDescriptor: try output.appending(from).open(), closeOnDealloc: true)
            let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
            try OutputDestination.replace(output.appending(to), with: text)
        }
    }

    /// Moves or deletes a recording that is as it was found.
    func dispose(of source: BatchSource) throws(SystemFailure) {
        let path = input.appending(source.path)
        switch disposal {
        case .keep: return
        case .delete: try path.unlink()
        case .move(let folder): try move(path, into: folder)
        }
    }

    /// A name that is taken there gets a number, and nothing is overwritten.
    private func move(_ path: RawPath, into folder: RawPath) throws(SystemFailure) {
        let name = path.name
        for number in 1..<10_000 {
            let target = folder.appending(number == 1 ? name : name.numbered(number))
            do {
                try path.link(to: target)
            } catch {
                if error.number == EEXIST { continue }
                guard [EXDEV, EPERM, ENOTSUP, EMLINK].contains(error.number) else { throw error }
                // Another file system, or one without links.
                guard (try? FileStatus(of: target)) == nil else { continue }
                try path.copy(to: target)
            }
            return try path.unlink()
        }
        throw SystemFailure(EEXIST)
    }
}

extension SHA256.Digest {
    /// The digest in lower-case hexadecimal.
    var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
