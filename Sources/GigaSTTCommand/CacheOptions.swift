import ArgumentParser
import Foundation
import GigaSTT

/// The cache of encoders that were prepared for this machine.
struct CacheOptions: ParsableArguments {
    @Option(help: "Folder of prepared encoders. [env GIGASTT_CACHE_DIR; default ~/.gigastt/cache]")
    var cacheDir: String?

    @Flag(help: "Neither prepare the encoder nor use a prepared one. [env GIGASTT_NO_CACHE]")
    var noCache = false

    /// The cache, or `nil` when it is switched off.
    func cache() throws -> EncoderCache? {
        try Setting.flag(noCache, variable: "GIGASTT_NO_CACHE") ? nil : Self.folder(cacheDir)
    }

    /// The folder that is named, else the usual one.
    static func folder(_ path: String?) throws -> EncoderCache {
        try Setting.url(path, variable: "GIGASTT_CACHE_DIR", makesFolders: true).map { EncoderCache(at: $0) }
            ?? .standard
    }
}
