import Foundation
import GigaSTT

/// Loads the model for a batch and runs it until it is done, or a signal comes.
struct BatchStart: Sendable {
    let folders: BatchFolders
    let ledger: LedgerFile
    let work: BatchWork
    let loader: ModelLoader
    let poolSize: Int
    var watch: BatchRun.Watch?

    /// Returns the report and the signal that ended the run before its end. A first signal finishes what is in work, or
    /// ends the loading of the model; a second one throws `SignalReceived` at once.
    func run(_ files: [BatchSource]) async throws -> (BatchReport, signal: Int32?) {
        let (stop, stopping) = AsyncStream.makeStream(of: Never.self)
        let signal = Console.Choice<Int32?>(nil)
        let isRunning = Console.Choice(false)
        let end: @Sendable (Int32) -> Void = { number in
            signal.store(number)
            Console.note("Finishing the recordings in work. A second signal ends at once.")
            stopping.finish()
        }
        var loader = loader
        loader.configuration.hotwords = work.hotwords
        loader.configuration.identifiesSpeakers = work.voices != nil
        let report = try await Interruption.ending(end, cancelsUnless: { isRunning.load() }) { [loader] in
            let recognizer = try await loader.load()
            try work.voices?.warn(recognizer)
            var work = work
            work.options.endUtterancesAsServed(by: recognizer)
            let options = try work.fingerprint(model: loader.source.folder(head: loader.head).url, recognizer)
            let run = BatchRun(
                folders: folders, ledger: ledger, work: work, recognizer: recognizer, options: options,
                poolSize: poolSize, console: BatchConsole(), watch: watch)
            isRunning.store(true)
            if watch != nil { Console.note("Watching \(folders.input.printable)") }
            return try await run.run(files, until: stop)
        }
        return (report, signal.load())
    }
}
