import Foundation
import Testing

/// Recordings with holes and late starts, made by ffmpeg, and what ffmpeg itself reads from them.
struct TimedRecordings: Sendable {
    /// A container, a codec for it, and what both are good for.
    struct Kind: Sendable, CustomTestStringConvertible {
        let fileExtension: String
        let codec: String
        var options: [String] = []
        /// Whether each packet has a time; AVI counts packets instead.
        var hasTimes = true
        /// ffmpeg's own program loses the delay between tracks of a transport stream when only one is read.
        var isReadByProgram = true
        var testDescription: String { "\(codec) in \(name)" }
        var name: String { options.isEmpty ? fileExtension : "fragmented \(fileExtension)" }
    }

    static let kinds = [
        Kind(fileExtension: "mp4", codec: "aac"),
        Kind(
            fileExtension: "mp4", codec: "aac",
            options: ["-movflags", "frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "500000"]),
        Kind(fileExtension: "mov", codec: "aac"), Kind(fileExtension: "mkv", codec: "flac"),
        Kind(fileExtension: "mkv", codec: "libmp3lame"), Kind(fileExtension: "webm", codec: "libopus"),
        Kind(fileExtension: "ogg", codec: "libopus"), Kind(fileExtension: "ogg", codec: "libvorbis"),
        Kind(fileExtension: "ts", codec: "aac", isReadByProgram: false),
        Kind(fileExtension: "ts", codec: "ac3", isReadByProgram: false), Kind(fileExtension: "flv", codec: "aac"),
        Kind(fileExtension: "asf", codec: "wmav2"), Kind(fileExtension: "mpg", codec: "mp2", isReadByProgram: false),
        Kind(fileExtension: "avi", codec: "libmp3lame", hasTimes: false),
    ]

    /// Seconds of the hole and of the late start.
    static let hole = 2.0
    static let delay = 2.0

    static func folder() throws -> URL { try Recordings.shared.get().folder }

    /// The recording as it is, in 48 kHz.
    static func whole(_ kind: Kind) throws -> URL {
        try make("whole", kind) { url in
            [
                ["-f", "f32le", "-ar", "48000", "-ac", "1", "-i", try signal().path, "-c:a", kind.codec] + kind.options
                    + [url.path]
            ]
        }
    }

    /// The same without the packets that begin between 1 and 3 s.
    static func withHole(_ kind: Kind) throws -> URL {
        let whole = try whole(kind)
        return try make("hole", kind) { url in
            [
                ["-i", whole.path, "-c", "copy", "-bsf:a", "noise=drop=between(pts*tb-startpts*tb\\,1\\,3)"]
                    + kind.options + [url.path]
            ]
        }
    }

    /// Behind a picture that begins two seconds before the sound.
    static func late(_ kind: Kind) throws -> URL {
        try make("late", kind) { url in
            [
                ["-f", "lavfi", "-i", "testsrc=d=6:s=64x64:r=25", "-itsoffset", "\(Self.delay)"]
                    + ["-f", "f32le", "-ar", "48000", "-ac", "1", "-i", try signal().path]
                    + ["-map", "0", "-map", "1", "-c:a", kind.codec] + kind.options + [url.path]
            ]
        }
    }

    /// What ffmpeg makes of a recording when it fills holes with silence.
    static func readByProgram(_ url: URL) throws -> [Float] {
        let output = try folder().appendingPathComponent("\(UUID().uuidString).f32")
        try FFmpegCommand.run([
            "-i", url.path, "-map", "0:a:0", "-af", "aresample=async=1:first_pts=0", "-ar", "16000", "-ac", "1", "-f",
            "f32le", output.path,
        ])
        let data = try Data(contentsOf: output)
        return data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    /// Four times the test signal: 6 s.
    private static func signal() throws -> URL {
        let url = try folder().appendingPathComponent("six-seconds.f32")
        if !FileManager.default.fileExists(atPath: url.path) {
            let samples = [[Float]](repeating: TestSignal.at48k, count: 4).flatMap(\.self)
            try samples.withUnsafeBytes { Data($0) }.write(to: url, options: .atomic)
        }
        return url
    }

    private static func make(_ what: String, _ kind: Kind, _ commands: (URL) throws -> [[String]]) throws -> URL {
        let name = "\(what)-\(kind.codec)-\(kind.options.count)-\(UUID().uuidString).\(kind.fileExtension)"
        let url = try folder().appendingPathComponent(name)
        for command in try commands(url) { try FFmpegCommand.run(command) }
        return url
    }
}
