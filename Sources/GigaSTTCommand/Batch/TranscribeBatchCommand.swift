import ArgumentParser
import Foundation
import GigaSTT

/// `gigastt transcribe-batch IN OUT`: all recordings of a folder.
struct TranscribeBatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcribe-batch",
        abstract: "Transcribe all recordings of a folder.",
        discussion: """
            What is finished is written down in OUTPUT_DIR/\(LedgerFile.name): the same command goes on where it was \
            interrupted, and transcribes new and changed recordings only. Recordings with the same content are recognised \
            once. Ctrl-C finishes the recordings in work; a second one ends at once. Exit code 1 when a recording failed, 130 \
            after Ctrl-C.
            """)

    @OptionGroup var batch: BatchOptions

    @Option(help: "Further attempts at a recording that failed. [env GIGASTT_BATCH_RETRIES; default 0]")
    var retries: Int?

    @Option(help: "Write what became of each recording to this file: JSON if its name ends in .json, else text.")
    var report: String?

    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func run() async throws {
        general.apply(program.general)
        let work = try batch.work(retries: try batch.retries(retries, default: 0))
        let folders = try batch.folders()
        let destination = try report.map { try OutputDestination($0, input: nil) }
        let listing = folders.listing()
        for failure in listing.failures {
            let folder = failure.path.bytes.isEmpty ? folders.input : folders.input.appending(failure.path)
            Console.warn("The folder \(folder.printable) cannot be read: \(failure.reason).")
        }
        let ending = Ending(destination: destination, isJSON: report?.hasSuffix(".json") == true)
        if listing.files.isEmpty {
            if listing.failures.isEmpty { Console.note("There are no recordings in \(folders.input.printable).") }
            try ending.write(BatchReport())
            if !listing.failures.isEmpty { throw ExitCode(1) }
            return
        }
        let batch = BatchStart(
            folders: folders, ledger: try LedgerFile(in: folders.output), work: work,
            loader: try await batch.loader(offline: general.isOffline(program.general)), poolSize: batch.workLimit())
        var (report, signal) = try await batch.run(listing.files)
        report.isInterrupted = signal != nil
        try ending.write(report)
        if let signal {
            Console.result(
                "Interrupted: \(report.remainingCount) recordings are left. Continue with: \(ShellQuote.commandLine)")
            throw ExitCode(128 + signal)
        }
        if report.failedCount > 0 || !listing.failures.isEmpty { throw ExitCode(1) }
    }

    /// Where it is told what became of the recordings.
    private struct Ending {
        let destination: OutputDestination?
        let isJSON: Bool

        func write(_ report: BatchReport) throws {
            Console.note("Summary: \(report.summary)")
            try destination?.write(isJSON ? report.json : report.text, as: "report")
        }
    }
}
