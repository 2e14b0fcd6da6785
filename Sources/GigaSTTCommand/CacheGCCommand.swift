import ArgumentParser
import Foundation
import GigaSTT

/// `gigastt cache-gc`: free the disk of what will not be used any more.
struct CacheGCCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache-gc",
        abstract: "Remove prepared encoders of other runtimes, processors and models, and what killed runs left.",
        discussion: """
            What a running program uses, and what the next start would use, stays. Other encoders go when they were not \
            used for some days. Exit code 0 when there is nothing to do, too; 1 when the cache cannot be written, or \
            another process is preparing an encoder in it.
            """)

    @OptionGroup var cache: CacheFolderOption

    @Option(help: "Folder of the model, for unfinished files there. [env GIGASTT_MODEL_DIR; default ~/.gigastt/models]")
    var modelDir: String?

    @Option(help: "Days since the last use after which an encoder goes that would not be used here.")
    var days = 7

    @Flag(help: "Remove nothing; print what would be removed.")
    var dryRun = false

    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func validate() throws {
        guard (0...3_650).contains(days) else { throw ValidationError("--days must be 0 to 3650") }
    }

    func run() async throws {
        general.apply(program.general)
        let path = try Setting.optional(modelDir, variable: "GIGASTT_MODEL_DIR", parse: { $0 })
        let folder = path.map { URL(fileURLWithPath: $0) } ?? ModelFolder.standard.url
        let report = try cache.cache().prune(
            olderThan: .seconds(days * 86_400), modelFolder: folder, isDryRun: dryRun)
        print(Self.report(report, isDryRun: dryRun))
    }

    /// Lines like those of gigastt 2.15: what was kept, removed and freed, then the paths.
    static func report(_ report: EncoderCache.PruneReport, isDryRun: Bool) -> String {
        let verb = isDryRun ? "would free" : "freed"
        func line(_ name: String, _ counts: String, _ removals: [EncoderCache.PruneReport.Removal]) -> String {
            let mebibytes = Double(removals.map(\.byteCount).reduce(0, +)) / 1_048_576
            let head = "\(name): \(counts)removed \(removals.count) (\(verb) \(String(format: "%.1f", mebibytes)) MiB)"
            return ([head] + removals.map { "  - \($0.path)" }).joined(separator: "\n")
        }
        return line("cache", "kept \(report.keptCount) graph(s), ", report.removed) + "\n"
            + line("unfinished", "", report.partialFiles)
    }
}

/// The folder of the cache, without the switch.
struct CacheFolderOption: ParsableArguments {
    @Option(help: "Folder of prepared encoders. [env GIGASTT_CACHE_DIR; default ~/.gigastt/cache]")
    var cacheDir: String?

    func cache() throws -> EncoderCache { try CacheOptions.folder(cacheDir) }
}
