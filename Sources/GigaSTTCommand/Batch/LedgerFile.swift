import Foundation
import Synchronization

/// The ledger of an output folder, open and locked: one process at a time writes to a folder.
final class LedgerFile: Sendable {
    private struct State {
        var descriptor: Int32
        var ledger: Ledger
    }

    private let path: RawPath
    private let state: Mutex<State>
    /// What it held when it was opened.
    let entries: [LedgerEntry]
    let attempts: [RawPath: LedgerAttempt]

    static let name = ".gigastt-batch.jsonl"

    /// Opens or makes the ledger; a new one says that the `existing` recordings are not to be transcribed. Throws
    /// `ExitFailure` when that fails, or another process has it.
    init(in folder: RawPath, leavingOut existing: [BatchSource] = []) throws(ExitFailure) {
        path = folder.appending(RawPath(bytes: Array(Self.name.utf8)))
        do {
            let descriptor = try path.open(O_RDWR | O_CREAT | O_APPEND, 0o666)
            try Self.lock(descriptor, path)
            var text = try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data()
            if text.isEmpty {
                text = LedgerText.head + (try Self.lines(existing.map { .entry(LedgerEntry(leavingOut: $0)) }))
                try OutputDestination.put(Array(text), into: descriptor)
            } else if text.last != UInt8(ascii: "\n") {
                // A torn line of a killed process must not take the next one with it.
                try OutputDestination.put(Array("\n".utf8), into: descriptor)
            }
            let ledger = Ledger(try LedgerText.records(text))
            (entries, attempts) = (ledger.entries, ledger.attempts)
            state = Mutex(State(descriptor: descriptor, ledger: ledger))
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

    // Unlocked by itself: a process that is being started may have a copy of the descriptor for a moment.
    deinit {
        state.withLock { state in
            flock(state.descriptor, LOCK_UN)
            close(state.descriptor)
        }
    }

    /// Adds an entry, which is on disk when this returns. Blocks.
    func append(_ entry: LedgerEntry) throws {
        try append(.entry(entry)) { descriptor in
            guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw SystemFailure() }
        }
    }

    /// Adds an attempt, which outlives the process and not the system. Blocks.
    func append(_ attempt: LedgerAttempt) throws { try append(.attempt(attempt)) { _ in } }

    private func append(_ record: LedgerRecord, _ synchronize: (Int32) throws -> Void) throws {
        let line = try LedgerText.line(record)
        try state.withLock { state in
            try OutputDestination.put(Array(line), into: state.descriptor)
            try synchronize(state.descriptor)
            state.ledger.add(record)
            if state.ledger.isOversized { rewrite(&state) }
        }
    }

    /// Writes the file anew without replaced lines. Where that fails, the old one serves as well.
    private func rewrite(_ state: inout State) {
        state.ledger.rewritten()
        let partial = path.sibling(".gigastt-\(UUID().uuidString.prefix(8)).partial")
        guard let descriptor = try? partial.open(O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0o666) else {
            return state.ledger.notRewritten()
        }
        do {
            if let mode = try? FileStatus(of: state.descriptor).mode { fchmod(descriptor, mode) }
            // Locked before it has the name: no other process finds it free.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw SystemFailure() }
            let text = LedgerText.head + (try Self.lines(state.ledger.records))
            try OutputDestination.put(Array(text), into: descriptor)
            guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw SystemFailure() }
            try partial.rename(to: path)
        } catch {
            try? partial.unlink()
            close(descriptor)
            return state.ledger.notRewritten()
        }
        close(state.descriptor)
        state.descriptor = descriptor
    }

    /// Throws `EWOULDBLOCK` when another process has the file, also when that has written it anew meanwhile.
    private static func lock(_ descriptor: Int32, _ path: RawPath) throws(SystemFailure) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw SystemFailure() }
        guard try FileStatus(of: descriptor).identity == FileStatus(of: path).identity else {
            throw SystemFailure(EWOULDBLOCK)
        }
    }

    private static func lines(_ records: [LedgerRecord]) throws -> Data {
        Data(try records.map(LedgerText.line).joined())
    }
}
