import ArgumentParser
import Foundation
import GigaSTT

/// The cache of encoders that were prepared for this machine.
struct CacheOptions: ParsableArguments {
    @OptionGroup var folder: CacheFolderOption

    @Flag(help: "Neither prepare the encoder nor use a prepared one. [env GIGASTT_NO_CACHE]")
    var noCache = false

    /// The cache, or `nil` when it is switched off.
    func cache() throws -> EncoderCache? {
        try Setting.flag(noCache, variable: "GIGASTT_NO_CACHE") ? nil : folder.cache()
    }
}

/// The folder of the cache, without the switch. The second names are those of gigastt 2.22.
struct CacheFolderOption: ParsableArguments {
    @Option(
        name: [.long, .customLong("optimized-cache-dir")],
        help: ArgumentHelp(
            "Folder of prepared encoders. "
                + "[env GIGASTT_CACHE_DIR, GIGASTT_OPTIMIZED_CACHE_DIR; default ~/.gigastt/cache]"))
    var cacheDir: String?

    /// The folder that is named, else the usual one.
    func cache() throws -> EncoderCache {
        let folder =
            try Setting.url(cacheDir, variable: "GIGASTT_CACHE_DIR", makesFolders: true)
            ?? Setting.url(nil, variable: "GIGASTT_OPTIMIZED_CACHE_DIR", makesFolders: true)
        return folder.map { EncoderCache(at: $0) } ?? .standard
    }
}
