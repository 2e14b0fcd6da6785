import GigaSTT

/// Where a run is: what waits, what runs, what has become of the rest.
struct BatchState {
    /// Work on a recording whose content is known.
    enum Step: Sendable {
        case recognise(BatchSource, digest: String, name: RawPath, lostAttempts: Int)
        /// Use the outputs of an entry, under another name if there is one.
        case reuse(BatchSource, digest: String, LedgerEntry, name: RawPath?)

        var source: BatchSource {
            switch self {
            case .recognise(let source, _, _, _), .reuse(let source, _, _, _): source
            }
        }
        var digest: String {
            switch self {
            case .recognise(_, let digest, _, _), .reuse(_, let digest, _, _): digest
            }
        }
    }

    private(set) var machine: BatchMachine
    private(set) var isStopping = false
    /// Why no output can be written.
    private(set) var outputFailure: String?
    private let console: BatchConsole
    private let extensions: [String]
    private let poolSize: Int
    private var watch: WatchMachine?
    /// What waits, the next one last.
    private var pending: [BatchSource]
    /// Recordings during which an earlier process ended. Each is recognised alone, behind all others: should it end
    /// the process again, no other recording is suspected.
    private var suspects: [BatchSource] = []
    private var isAlone = false
    private var runningCount = 0
    /// The recordings that are being recognised.
    private var recognising: Set<RawPath> = []
    private var listingFailures: Set<RawPath> = []
    private var result: BatchReport

    init(_ run: BatchRun, _ files: [BatchSource]) {
        machine = BatchMachine(
            entries: run.ledger.entries, attempts: run.ledger.attempts, options: run.options,
            outputsHoldName: run.work.formats.contains(.rttm))
        (console, extensions, poolSize) = (run.console, run.work.extensions, run.poolSize)
        watch = run.watch.map { WatchMachine(settlePolls: $0.settlePolls) }
        result = BatchReport(keepsItems: run.watch == nil)
        pending = []
        for file in files { console.add(file) }
        add(files)
    }

    /// Whether nothing runs and nothing will.
    var isEnded: Bool {
        runningCount == 0 && (isStopping || watch == nil && pending.isEmpty && suspects.isEmpty)
    }

    /// The next recording to take up; `nil` while enough are in work.
    mutating func next() -> BatchSource? {
        isAlone = isAlone && runningCount > 0
        guard !isStopping, !isAlone, runningCount < poolSize else { return nil }
        if let source = pending.popLast() {
            runningCount += 1
            return source
        }
        guard runningCount == 0, let source = suspects.popLast() else { return nil }
        isAlone = true
        runningCount += 1
        return source
    }

    /// Lets recordings wait behind those that do.
    private mutating func add(_ files: [BatchSource]) {
        pending = files.filter { machine.lostAttempts($0) == 0 }.reversed() + pending
        suspects = files.filter { machine.lostAttempts($0) > 0 }.reversed() + suspects
    }

    func report() -> BatchReport {
        var report = result
        report.remainingCount += pending.count + suspects.count
        report.elapsed = console.elapsed
        return report
    }

    /// Takes what happened, and says what to do next with the recording.
    mutating func take(_ event: BatchRun.Event) -> Step? {
        switch event {
        case .stop: isStopping = true
        case .poll(let listing): take(listing)
        case .identified(let source, let digest): return begin(source, digest)
        case .missing(let source, let digest, let entry):
            machine.forget(entry)
            return begin(source, digest)
        case .skipped(let source): end(source, .skipped, seconds: nil, "already transcribed")
        case .written(let source, let entry, let isCopy):
            machine.record(entry)
            let outputs = BatchFolders.outputs(RawPath(entry.name), extensions)
            let list = outputs.map(\.printable).joined(separator: ", ")
            if isCopy {
                end(source, .copied(outputs: outputs), seconds: nil, "same content as before -> \(list)")
            } else {
                release(source, entry.digest)
                end(source, .processed(outputs: outputs), seconds: entry.duration, "-> \(list)")
            }
        case .failed(let source, let digest, let error): fail(source, digest, error)
        }
        return nil
    }

    private mutating func begin(_ source: BatchSource, _ digest: String) -> Step? {
        guard !isStopping else {
            result.remainingCount += 1
            runningCount -= 1
            return nil
        }
        switch machine.begin(source, digest: digest) {
        case .recognise(let name):
            recognising.insert(source.path)
            return .recognise(
                source, digest: digest, name: name, lostAttempts: machine.lostAttempts(source))
        case .copy(let entry, let name): return .reuse(source, digest: digest, entry, name: name)
        case .skip(let entry): return .reuse(source, digest: digest, entry, name: nil)
        case .wait:
            runningCount -= 1
            return nil
        case .refuse:
            let reason =
                "its recognition ended the program \(machine.lostAttempts(source)) times. Send it to the developers; "
                + "a changed file is tried again"
            Console.warn("\(source.path.printable): \(reason).")
            end(source, .failed(reason, code: .endsProcess), seconds: nil, "failed")
            return nil
        }
    }

    /// What waited for this content is taken up next.
    private mutating func release(_ source: BatchSource, _ digest: String?) {
        guard recognising.remove(source.path) != nil, let digest else { return }
        pending += machine.end(source, digest: digest)
    }

    private mutating func fail(_ source: BatchSource, _ digest: String?, _ error: any Error) {
        release(source, digest)
        switch error as? BatchRun.Failure {
        case .changed where watch != nil:
            // It is taken up again when it has settled.
            runningCount -= 1
            watch?.end(source, hasChanged: true)
            console.finish(source, seconds: nil, "changed in work")
        case .changed:
            end(source, .failed("it was changed in work"), seconds: nil, "failed: it was changed in work")
        case .output(let reason):
            outputFailure = outputFailure ?? reason
            isStopping = true
            result.remainingCount += 1
            runningCount -= 1
        case nil:
            let reason = ProgramExit.sentence(for: error)
            Console.warn("\(source.path.printable): \(reason)")
            end(source, .failed(reason), seconds: nil, "failed")
        }
    }

    private mutating func end(
        _ source: BatchSource, _ outcome: BatchReport.Outcome, seconds: Double?, _ what: String
    ) {
        runningCount -= 1
        watch?.end(source)
        result.add(BatchReport.Item(path: source.path, outcome: outcome, seconds: seconds))
        console.finish(source, seconds: seconds, what)
    }

    private mutating func take(_ listing: FolderListing) {
        guard !isStopping, watch != nil else { return }
        for failure in listing.failures where listingFailures.insert(failure.path).inserted {
            Console.warn("The folder \(failure.path.printable) cannot be read: \(failure.reason).")
        }
        // Where folders cannot be read now, their files are not forgotten.
        if !listing.failures.isEmpty { return }
        listingFailures = []
        let ready = watch?.poll(listing.files) ?? []
        for source in ready { console.add(source) }
        add(ready)
    }
}
