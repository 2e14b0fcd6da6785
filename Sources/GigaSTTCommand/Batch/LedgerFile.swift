import Foundation
import Synchronization

/// The ledger of an output folder, open and locked: one process at a time writes to a folder.
final class LedgerFile: Sendable {
    private let descriptor: Int32
    private let turn = Mutex(())
    /// What it held when it was opened.
    let entries: [LedgerEntry]

    static let name = ".gigastt-batch.jsonl"

    /// Opens or makes the ledger; a new one says that the `existing` recordings are not to be transcribed. Throws `ExitFailure` when that fails, or another process has it.
    init(in folder: RawPath, leavingOut existing: [BatchSource] = []) throws(ExitFailure) {
        let path = folder.appending(RawPath(bytes: Array(Self.name.utf8)))
        var text: Data
        do {
            descriptor = try path.open(O_RDWR | O_CREAT | O_APPEND, 0o666)
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw SystemFailure() }
            text = try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data()
            if text.isEmpty {
                let lines = try existing.map { try LedgerText.line(LedgerEntry(leavingOut: $0)) }
                text = LedgerText.head + Data(lines.joined())
                try OutputDestination.put(Array(text), into: descriptor)
            } else if text.last != UInt8(ascii: "\n") {
                // A torn line of a killed process must not take the next one with it.
                try OutputDestination.put(Array("\n".utf8), into: descriptor)
            }
            entries = try LedgerText.entries(text)
        } catch let error as SystemFailure where error.number == EWOULDBLOCK {
            throw ExitFailure(
                message: "Another gigastt writes to \(folder.printable). Wait for it, or choose another folder.")
        } catch is LedgerText.UnknownVersion {
            throw ExitFailure(
                message: "\(path.printable) was written by a later version. Use that version, or choose another folder."
            )
        } catch {
            let reason = (error as? SystemFailure)?.reason ?? error.localizedDescription
            throw ExitFailure(message: "\(path.printable) cannot be written: \(reason).")
        }
    }

    deinit { close(descriptor) }

    /// Adds entries, which are on disk when this returns.
    func append(_ entries: LedgerEntry...) throws { try append(entries) }

    /// Adds entries, which are on disk when this returns.
    func append(_ entries: [LedgerEntry]) throws {
        let line = Data(try entries.map(LedgerText.line).joined())
        try turn.withLock { _ in
            try OutputDestination.put(Array(line), into: descriptor)
            guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw SystemFailure() }
        }
    }
}
