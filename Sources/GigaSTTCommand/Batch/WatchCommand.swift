import ArgumentParser
import Foundation
import GigaSTT

/// `gigastt watch IN OUT`: recordings as they arrive in a folder.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Transcribe recordings as they arrive in a folder.",
        discussion: """
            Recordings that are there at the start are transcribed first. What is finished is written down in \
            OUTPUT_DIR/\(LedgerFile.name), so that a restart neither loses nor repeats one. A recording is taken up when it \
            did not change for --settle-polls polls. Ctrl-C and SIGTERM finish the recordings in work, and a second one ends at \
            once. The exit code is 1 when a recording failed or was not finished, else 0.
            """)

    @OptionGroup var batch: BatchOptions

    @Option(help: "Further attempts at a recording that failed. [env GIGASTT_BATCH_RETRIES; default 2]")
    var retries: Int?

    @Option(help: "Milliseconds between two polls. [env GIGASTT_WATCH_POLL_INTERVAL_MS; default 1000]")
    var pollIntervalMs: Int?

    @Option(
        help: """
            Polls without a change before a recording is taken up, at least 1. \
            [env GIGASTT_WATCH_SETTLE_POLLS; default 2]
            """)
    var settlePolls: Int?

    @Flag(help: "At the first start with this OUTPUT_DIR, leave out the recordings that are there.")
    var skipExisting = false

    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func run() async throws {
        general.apply(program.general)
        let interval = try Setting.value(
            pollIntervalMs, variable: "GIGASTT_WATCH_POLL_INTERVAL_MS", default: 1_000, parse: { Int($0) })
        let polls = try Setting.value(
            settlePolls, variable: "GIGASTT_WATCH_SETTLE_POLLS", default: 2, parse: { Int($0) })
        guard (1...86_400_000).contains(interval) else {
            throw ValidationError("--poll-interval-ms must be 1 to 86400000")
        }
        let settlePolls = Setting.clamped(polls, to: 1...1_000_000, "settle-polls")
        let work = try batch.work(retries: try batch.retries(retries, default: 2))
        let folders = try batch.folders()
        let existing = skipExisting ? folders.listing().files : []
        let ledger = try LedgerFile(in: folders.output, leavingOut: existing)
        let start = BatchStart(
            folders: folders, ledger: ledger, work: work,
            loader: try await batch.loader(offline: general.isOffline(program.general)), poolSize: batch.workLimit(),
            watch: BatchRun.Watch(interval: .milliseconds(interval), settlePolls: settlePolls))
        do {
            let (report, _) = try await start.run([])
            Console.note("Summary: \(report.summary)")
            if report.failedCount > 0 { throw ExitCode(1) }
        } catch let signal as SignalReceived {
            // A program that runs until it is stopped has ended as it should, unless work was broken off.
            Console.note(signal.message)
            if signal.isRepeated { throw ExitCode(1) }
        }
    }
}
