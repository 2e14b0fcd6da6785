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
            were not used for --days. So are the caches that gigastt 2 keeps in the model folder, optimized_cache and \
            coreml_cache, which this program does not use. Exit code 0, also when there is nothing to do; 1 when the cache cannot be written, \
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
        let other = EarlierCaches(in: RawPath(folder.path), besides: RawPath(try cache.cache().url.path))
        print(
            Self.report(
                report, optimized: other.sweep("optimized_cache", days: days, isDryRun: dryRun),
                coreML: other.sweep("coreml_cache", days: days, isDryRun: dryRun), isDryRun: dryRun))
        if dedupe {
            let deduplication = FileDeduplication(of: folder, isDryRun: dryRun)
            print(Self.line(deduplication, isDryRun: dryRun))
            if let failure = deduplication.failure {
                throw ExitFailure(message: "Files of \(folder.path) were not replaced by links: \(failure).")
            }
        }
    }

    /// The lines of gigastt 2.15: what was kept, removed and freed, then the paths; with what it left in its own caches.
    static func report(
        _ report: EncoderCache.PruneReport, optimized: EarlierCaches.Outcome = .init(),
        coreML: EarlierCaches.Outcome = .init(), isDryRun: Bool
    ) -> String {
        let verb = isDryRun ? "would free" : "freed"
        func line(
            _ name: String, _ counts: String, _ what: String, _ removals: [EncoderCache.PruneReport.Removal]
        ) -> String {
            let freed = mebibytes(removals.map(\.byteCount).reduce(0, +))
            let head = "\(name): \(counts)removed \(removals.count)\(what) (\(verb) \(freed))"
            return ([head] + removals.map { "  - \($0.path)" }).joined(separator: "\n")
        }
        let kept = coreML.keptCount > 0 ? "current" : "none"
        return [
            line(
                "optimized_cache", "kept \(report.keptCount + optimized.keptCount) graph(s), ", "",
                report.removed + optimized.removed),
            line("coreml_cache", "kept \(kept), ", " stale", coreML.removed),
            line("unfinished", "", "", report.partialFiles),
        ].joined(separator: "\n")
    }

    private static func line(_ result: FileDeduplication, isDryRun: Bool) -> String {
        "dedupe: \(result.groupCount) group(s), \(result.linkCount) hardlink(s), "
            + "\(isDryRun ? "would free" : "freed") \(mebibytes(result.freedByteCount))"
    }

    private static func mebibytes(_ byteCount: Int64) -> String {
        String(format: "%.1f MiB", Double(byteCount) / 1_048_576)
    }
}
