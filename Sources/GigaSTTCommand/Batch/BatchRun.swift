import Foundation
import GigaSTT
import STTEncoderCache

/// Performs what `BatchMachine` and `WatchMachine` decide: several recordings at a time, until all are done or a stop.
struct BatchRun: Sendable {
    /// Watches the folder instead of going through it once.
    struct Watch: Sendable {
        let interval: Duration
        let settlePolls: Int
    }

    /// Why the work on a recording came to nothing.
    enum Failure: Error {
        /// It was written to meanwhile.
        case changed
        /// An output cannot be written, nor would others be.
        case output(String)
    }

    enum Event: Sendable {
        case stop
        case poll(FolderListing)
        /// It was transcribed before.
        case skipped(BatchSource)
        case identified(BatchSource, digest: String)
        /// The outputs of an entry are no longer there.
        case missing(BatchSource, digest: String, LedgerEntry)
        /// Recognised, or the outputs of another recording copied.
        case written(BatchSource, LedgerEntry, isCopy: Bool)
        case failed(BatchSource, digest: String?, any Error)
    }

    let folders: BatchFolders
    let ledger: LedgerFile
    let work: BatchWork
    let recognizer: Recognizer
    /// See `BatchWork.fingerprint`.
    let options: String
    let poolSize: Int
    let console: BatchConsole
    var watch: Watch?

    /// Runs to the end. When `stop` ends, nothing new is taken up, and what runs is finished.
    ///
    /// Throws `ExitFailure` when outputs cannot be written, and `CancellationError`.
    func run(_ files: [BatchSource], until stop: AsyncStream<Never>) async throws -> BatchReport {
        var state = BatchState(self, files)
        return try await withThrowingTaskGroup(of: Event.self) { group in
            group.addTask {
                for await _ in stop {}
                return .stop
            }
            if watch != nil { group.addTask { try await poll(after: .zero) } }
            while true {
                while let source = state.next() {
                    let known = state.machine.finished(source)
                    group.addTask { await identify(source, known) }
                }
                if state.isEnded { break }
                guard let event = try await group.next() else { break }
                if case .poll = event, !state.isStopping, let watch {
                    group.addTask { try await poll(after: watch.interval) }
                }
                if let next = state.take(event) { group.addTask { try await perform(next) } }
            }
            group.cancelAll()
            if let failure = state.outputFailure { throw ExitFailure(message: failure) }
            return state.report()
        }
    }

    private func poll(after interval: Duration) async throws -> Event {
        try await Task.sleep(for: interval)
        return .poll(try await DedicatedThread.run(isBackground: false) { [folders] _ in folders.listing() })
    }

    private func identify(_ source: BatchSource, _ known: LedgerEntry?) async -> Event {
        do {
            return try await DedicatedThread.run(isBackground: false) { [folders, work] _ in
                if let known, folders.hasOutputs(known, work.extensions) {
                    if !known.name.isEmpty { Self.dispose(of: source, folders) }
                    return .skipped(source)
                }
                return .identified(source, digest: try folders.digest(of: source))
            }
        } catch {
            return .failed(source, digest: nil, error)
        }
    }

    private func perform(_ step: BatchState.Step) async throws -> Event {
        do {
            switch step {
            case .recognise(let source, let digest, let name, let lostAttempts):
                return try await recognise(source, digest, name, lostAttempts: lostAttempts)
            case .reuse(let source, let digest, let entry, let name):
                return try await reuse(source, digest, entry, name)
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return .failed(step.source, digest: step.digest, error)
        }
    }

    private func recognise(
        _ source: BatchSource, _ digest: String, _ name: RawPath, lostAttempts: Int
    ) async throws -> Event {
        try await note(1 + lostAttempts, source)
        do {
            return try await transcribe(source, digest, name)
        } catch {
            // The process lives: whatever failed, the recording does not end it.
            try? await note(0, source)
            throw error
        }
    }

    /// Writes down how many attempts at a recording are not known to have ended.
    private func note(_ attempts: Int, _ source: BatchSource) async throws {
        let attempt = LedgerAttempt(source, options: options, count: attempts)
        do {
            try await DedicatedThread.run(isBackground: false) { [ledger] _ in try ledger.append(attempt) }
        } catch let error where !(error is CancellationError) {
            throw Failure.output(Self.unwritable(error))
        }
    }

    private static func unwritable(_ error: any Error) -> String {
        "\(LedgerFile.name) cannot be written: \(ProgramExit.sentence(for: error))."
    }

    private func transcribe(_ source: BatchSource, _ digest: String, _ name: RawPath) async throws -> Event {
        var attempt = 0
        while true {
            do {
                let opened = try folders.opened(source)
                let (transcript, notes) = try await work.transcript(of: opened.url, with: recognizer) { seconds in
                    console.advance(source, to: seconds)
                }
                for note in notes { Console.warn("\(source.path.printable): \(note)") }
                let entry = entry(source, digest, name, duration: transcript.duration)
                try await DedicatedThread.run(isBackground: false) { [self] _ in try write(transcript, entry, source) }
                return .written(source, entry, isCopy: false)
            } catch let error where attempt < work.retries && !(error is CancellationError || error is Failure) {
                attempt += 1
                try await Task.sleep(for: .milliseconds(200 * attempt))
            }
        }
    }

    private func write(_ transcript: Transcript, _ entry: LedgerEntry, _ source: BatchSource) throws {
        guard folders.isUnchanged(source) else { throw Failure.changed }
        var rendering = work.rendering
        rendering.recordingName = source.path.stem.printable
        for (format, path) in zip(work.formats, BatchFolders.outputs(RawPath(entry.name), work.extensions)) {
            do {
                let text = transcript.rendered(as: format, options: rendering)
                try OutputDestination.replace(folders.output.appending(path), with: text)
            } catch {
                throw Failure.output("\(path.printable) cannot be written: \(error.reason).")
            }
        }
        try finish(entry, source)
    }

    /// Copies the outputs of the same content, or does without for the same name.
    private func reuse(
        _ source: BatchSource, _ digest: String, _ other: LedgerEntry, _ name: RawPath?
    ) async throws -> Event {
        let entry = entry(source, digest, name ?? RawPath(other.name), duration: other.duration)
        return try await DedicatedThread.run(isBackground: false) { [self] _ in
            guard folders.hasOutputs(other, work.extensions) else { return .missing(source, digest: digest, other) }
            if let name { try folders.copy(RawPath(other.name), to: name, work.extensions) }
            try finish(entry, source)
            return name == nil ? .skipped(source) : .written(source, entry, isCopy: true)
        }
    }

    private func entry(_ source: BatchSource, _ digest: String, _ name: RawPath, duration: Double) -> LedgerEntry {
        LedgerEntry(
            source: ArgumentBytes.text(source.path.bytes), size: source.size, modified: source.modified, digest: digest,
            options: options, name: ArgumentBytes.text(name.bytes), duration: duration,
            isGone: folders.disposal != .keep)
    }

    /// The ledger first: a recording without an entry is not moved or deleted.
    private func finish(_ entry: LedgerEntry, _ source: BatchSource) throws {
        do {
            try ledger.append(entry)
        } catch {
            throw Failure.output(Self.unwritable(error))
        }
        Self.dispose(of: source, folders)
    }

    private static func dispose(of source: BatchSource, _ folders: BatchFolders) {
        do {
            // A new version of the recording stays.
            if folders.isUnchanged(source) { try folders.dispose(of: source) }
        } catch {
            let verb = folders.disposal == .delete ? "deleted" : "moved"
            Console.warn("\(source.path.printable) was transcribed but cannot be \(verb): \(error.reason).")
        }
    }
}
