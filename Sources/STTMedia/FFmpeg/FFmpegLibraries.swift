import CMedia

/// The versions of the FFmpeg libraries that decode recordings.
package struct FFmpegLibraries: Sendable, Hashable {
    package let format: String
    package let codec: String
    package let utility: String

    /// The libraries of this machine, which are opened if they were not; `nil` where recordings cannot be read with them.
    /// Cost: milliseconds.
    package static func open() -> FFmpegLibraries? {
        var versions = media_library_versions()
        guard media_library_open(&versions) == 1 else { return nil }
        return FFmpegLibraries(
            format: text(versions.format), codec: text(versions.codec), utility: text(versions.utility))
    }

    /// The major version of libavformat that this program was compiled for; `nil` when it was compiled without FFmpeg.
    package static var wantedVersion: Int? {
        let version = Int(media_library_version())
        return version == 0 ? nil : version
    }

    /// The three numbers that FFmpeg packs into one.
    private static func text(_ packed: UInt32) -> String {
        "\(packed >> 16).\(packed >> 8 & 0xFF).\(packed & 0xFF)"
    }
}
