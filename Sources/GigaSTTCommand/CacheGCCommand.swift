import ArgumentParser
import Foundation
import GigaSTT

/// `gigastt cache-gc`: free the disk of what will not be used any more.
struct CacheGCCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache-gc",
        abstract: "Remove prepared encoders of other runtimes, processors and models, and partial files.",
        discussion: """
            What a running program uses, and what the next start would use, is kept. Other encoders are removed when they \
            were not used for --days. Exit code 0, also when there is nothing to do; 1 when the cache cannot be written, \
            or another process is preparing an encoder in it.
            """)

    @OptionGroup var cache: CacheFolderOption

    @Option(help: "Folder of the model, for unfinished files there. [env GIGASTT_MODEL_DIR; default ~/.gigastt/models]")
    var modelDir: String?

    @Option(help: "Days since the last use after which an encoder goes that would not be used here.")
    var days = 7

    @Flag(help: "Remove nothing; print what would be removed.")
    var dryRun = false

    @Flag(help: "Replace equal files of the model folder by hard links to one.")
    var dedupe = false

    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func validate() throws {
        guard (0...3_650).contains(days) else { throw ValidationError("--days must be 0 to 3650") }
    }

    func run() async throws {
        general.apply(program.general)
        let folder = try Setting.url(modelDir, variable: "GIGASTT_MODEL_DIR") ?? ModelFolder.standard.url
        let report = try cache.cache().prune(
            olderThan: .seconds(days * 86_400), modelFolder: folder, isDryRun: dryRun)
        print(Self.report(report, isDryRun: dryRun))
        if dedupe {
            let deduplication = FileDeduplication(of: folder, isDryRun: dryRun)
            print(Self.line(deduplication, isDryRun: dryRun))
            if let failure = deduplication.failure {
                throw ExitFailure(message: "Files of \(folder.path) were not replaced by links: \(failure).")
            }
        }
    }

    /// The lines of gigastt 2.15: what was kept, removed and freed, then the paths. There is no cache of Core ML here.
    static func report(_ report: EncoderCache.PruneReport, isDryRun: Bool) -> String {
        let verb = isDryRun ? "would free" : "freed"
        func line(_ name: String, _ counts: String, _ removals: [EncoderCache.PruneReport.Removal]) -> String {
            let freed = mebibytes(removals.map(\.byteCount).reduce(0, +))
            let head = "\(name): \(counts)removed \(removals.count) (\(verb) \(freed))"
            return ([head] + removals.map { "  - \($0.path)" }).joined(separator: "\n")
        }
        return line("optimized_cache", "kept \(report.keptCount) graph(s), ", report.removed)
            + "\ncoreml_cache: kept none, removed 0 stale (\(verb) 0.0 MiB)\n"
            + line("unfinished", "", report.partialFiles)
    }

    private static func line(_ result: FileDeduplication, isDryRun: Bool) -> String {
        "dedupe: \(result.groupCount) group(s), \(result.linkCount) hardlink(s), "
            + "\(isDryRun ? "would free" : "freed") \(mebibytes(result.freedByteCount))"
    }

    private static func mebibytes(_ byteCount: Int64) -> String {
        String(format: "%.1f MiB", Double(byteCount) / 1_048_576)
    }
}
