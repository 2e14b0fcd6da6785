import Foundation

/// The test signal in every container, made once per run.
struct Recordings: Sendable {
    let folder: URL

    /// The signal on the left; on the right backwards at half the level.
    private static let sides = [
        "-af", "asplit[a][b];[b]areverse,volume=0.5[c];[a][c]join=inputs=2:channel_layout=stereo:map=0.0-FL|1.0-FR",
    ]

    /// File name and the options that make it.
    static let recipes: [(name: String, options: [String])] = [
        ("s16.wav", []), ("u8.wav", ["-c:a", "pcm_u8"]), ("s24.wav", ["-c:a", "pcm_s24le"]),
        ("s32.wav", ["-c:a", "pcm_s32le"]), ("f32.wav", ["-c:a", "pcm_f32le"]), ("f64.wav", ["-c:a", "pcm_f64le"]),
        ("stereo.wav", ["-ac", "2"]), ("alaw.wav", ["-c:a", "pcm_alaw", "-ar", "8000"]),
        ("mulaw.wav", ["-c:a", "pcm_mulaw", "-ar", "8000"]), ("g722.wav", ["-c:a", "g722", "-ar", "16000"]),
        ("adpcm.wav", ["-c:a", "adpcm_ima_wav"]), ("s64.wav", ["-c:a", "pcm_s64le"]),
        ("raw.ulaw", ["-c:a", "pcm_mulaw", "-ar", "8000", "-f", "mulaw"]),
        ("raw.alaw", ["-c:a", "pcm_alaw", "-ar", "8000", "-f", "alaw"]),
        ("raw.g722", ["-c:a", "g722", "-ar", "16000", "-f", "g722"]),
        ("s8.aiff", ["-c:a", "pcm_s8"]), ("s16.au", []), ("s16.caf", ["-c:a", "pcm_s16le"]), ("w64.w64", []),
        ("mp3.mp3", ["-b:a", "128k"]), ("mp3-44.mp3", ["-ar", "44100", "-b:a", "128k"]),
        ("aac.m4a", ["-movie_timescale", "48000"]), ("adts.aac", []),
        ("alac.m4a", ["-c:a", "alac", "-movie_timescale", "48000"]),
        ("vorbis.ogg", ["-c:a", "libvorbis"]), ("opus.ogg", ["-c:a", "libopus"]), ("opus.webm", ["-c:a", "libopus"]),
        ("live.webm", ["-c:a", "libopus", "-f", "webm", "-live", "1"]), ("flac.flac", []),
        ("sides.wav", sides), ("sides24.wav", sides + ["-c:a", "pcm_s24le"]), ("sides.mp3", sides + ["-b:a", "192k"]),
        ("sides.flac", sides), ("sides.ogg", sides + ["-c:a", "libvorbis"]),
        ("sides-alaw.wav", sides + ["-c:a", "pcm_alaw", "-ar", "8000"]),
        ("sides32.wav", sides + ["-c:a", "pcm_f32le"]),
        ("sides.m4a", sides + ["-movie_timescale", "48000"]), ("three.wav", ["-ac", "3"]),
        ("flac24.flac", ["-sample_fmt", "s32"]), ("vorbis.mkv", ["-c:a", "libvorbis"]),
    ]

    /// Formats of telephony, broadcasts, films and older programs.
    static let furtherRecipes: [(name: String, options: [String])] = [
        ("gsm.gsm", ["-ar", "8000", "-c:a", "libgsm"]), ("gsm.wav", ["-ar", "8000", "-c:a", "libgsm_ms"]),
        ("adpcm-ms.wav", ["-c:a", "adpcm_ms"]), ("adpcm-ima.wav", ["-c:a", "adpcm_ima_wav"]),
        ("adpcm-qt.mov", ["-c:a", "adpcm_ima_qt"]), ("long.wav", ["-rf64", "always"]),
        ("s16.aiff", []), ("s16be.caf", []), ("alac.caf", ["-c:a", "alac"]), ("mulaw.au", ["-c:a", "pcm_mulaw"]),
        ("opus.caf", ["-c:a", "libopus"]), ("wmav1.wma", ["-c:a", "wmav1"]), ("wmav2.wma", ["-c:a", "wmav2"]),
        ("mp3.avi", ["-c:a", "libmp3lame"]), ("s16.avi", ["-c:a", "pcm_s16le"]), ("aac.flv", ["-c:a", "aac"]),
        ("speex.flv", ["-ar", "16000", "-c:a", "libspeex"]), ("speex.ogg", ["-ar", "16000", "-c:a", "libspeex"]),
        ("mp2.mpg", ["-c:a", "mp2"]), ("mp2.mp2", ["-c:a", "mp2"]), ("aac.ts", ["-c:a", "aac"]),
        ("ac3.ts", ["-c:a", "ac3"]), ("mp2.ts", ["-c:a", "mp2"]), ("latm.latm", ["-c:a", "aac"]),
        ("latm.ts", ["-c:a", "aac", "-mpegts_flags", "latm"]), ("ac3.ac3", []), ("eac3.eac3", []),
        ("dts.dts", ["-strict", "-2", "-c:a", "dca"]), ("dts.mkv", ["-strict", "-2", "-c:a", "dca"]),
        ("truehd.thd", ["-strict", "-2", "-f", "truehd", "-c:a", "truehd"]),
        ("truehd.mkv", ["-strict", "-2", "-c:a", "truehd"]),
        ("fragments.mp4", ["-movflags", "frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "300000"]),
        ("aac.3gp", ["-c:a", "aac"]), ("g726.wav", ["-ar", "8000", "-c:a", "g726"]),
    ]

    /// What is only damaged: the containers and codecs of `allowed.h` that no other short recording has.
    private static let damagedRecipes: [(name: String, options: [String])] = [
        ("s16.w64", []), ("adts.aac", ["-c:a", "aac"]), ("vorbis.mkv", ["-c:a", "libvorbis"]),
        ("mlp.mkv", ["-strict", "-2", "-c:a", "mlp"]),
        ("nellymoser.flv", ["-ar", "16000", "-c:a", "nellymoser"]), ("swf.flv", ["-ar", "22050", "-c:a", "adpcm_swf"]),
        ("dvd.vob", ["-c:a", "pcm_dvd"]), ("bluray.m2ts", ["-ac", "2", "-c:a", "pcm_bluray"]),
        ("g726.au", ["-ar", "8000", "-c:a", "g726le"]), ("alaw.wav", ["-ar", "8000", "-c:a", "pcm_alaw"]),
        ("u8.wav", ["-c:a", "pcm_u8"]), ("s24.wav", ["-c:a", "pcm_s24le"]), ("s32.wav", ["-c:a", "pcm_s32le"]),
        ("s64.wav", ["-c:a", "pcm_s64le"]), ("f32.wav", ["-c:a", "pcm_f32le"]), ("f64.wav", ["-c:a", "pcm_f64le"]),
        ("s8.aiff", ["-c:a", "pcm_s8"]), ("s24.aiff", ["-c:a", "pcm_s24be"]), ("s32.aiff", ["-c:a", "pcm_s32be"]),
        ("f32.aiff", ["-c:a", "pcm_f32be"]), ("f64.aiff", ["-c:a", "pcm_f64be"]),
    ]

    /// A short recording for each container and codec, which the tests damage.
    static let seeds =
        [
            "short.mp3", "short.m4a", "short.ogg", "short.webm", "short.flac", "short.wav", "short-adpcm.wav",
            "short-g722.wav", short("silence.amr"), short("silence.awb"),
        ] + (furtherRecipes + damagedRecipes).map { short($0.name) }

    /// The short form of a further recipe, for damage.
    static func short(_ name: String) -> String { "short-" + name }

    static let shared: Result<Recordings, any Error> = Result {
        // Nothing of the suite runs after its last test but this.
        atexit { if case .success(let made) = shared { try? FileManager.default.removeItem(at: made.folder) } }
        return try Recordings()
    }

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("stt-media-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let signal = folder.appendingPathComponent("signal.f32")
        try TestSignal.at48k.withUnsafeBytes { Data($0) }.write(to: signal)
        let input = ["-f", "f32le", "-ar", "48000", "-ac", "1", "-i", signal.path]
        let folder = folder
        try FFmpegCommand.run(
            input + Self.recipes.flatMap { ["-bitexact"] + $0.options + [folder.appendingPathComponent($0.name).path] })
        var outputs: [String] = []
        for (name, options) in Self.furtherRecipes {
            outputs += ["-bitexact"] + options + [folder.appendingPathComponent(name).path]
            outputs += ["-bitexact", "-t", "0.2"] + options
            outputs.append(folder.appendingPathComponent(Self.short(name)).path)
        }
        for (name, options) in Self.damagedRecipes {
            outputs += ["-bitexact", "-t", "0.2"] + options
            outputs.append(folder.appendingPathComponent(Self.short(name)).path)
        }
        try FFmpegCommand.run(input + outputs)
        try Self.amrWideband.write(to: folder.appendingPathComponent(Self.short("silence.awb")))
        try Self.amr.write(to: folder.appendingPathComponent("silence.amr"))
        try Self.amr.prefix(400).write(to: folder.appendingPathComponent(Self.short("silence.amr")))
        try FFmpegCommand.run(
            ["-f", "lavfi", "-i", "testsrc=d=1.5:s=160x120"] + input + [
                "-map", "0", "-map", "1", "-movie_timescale", "48000", folder.appendingPathComponent("video.mp4").path,
                "-map", "0", folder.appendingPathComponent("silent.mp4").path,
                "-map", "0", "-frames:v", "1", folder.appendingPathComponent("picture.png").path,
                "-map", "1", "-t", "0.2", "-b:a", "128k", folder.appendingPathComponent("short.mp3").path,
                "-map", "1", "-t", "0.2", folder.appendingPathComponent("short.m4a").path,
                "-map", "1", "-t", "0.2", "-c:a", "libvorbis", folder.appendingPathComponent("short.ogg").path,
                "-map", "1", "-t", "0.2", "-c:a", "libopus", folder.appendingPathComponent("short.webm").path,
                "-map", "1", "-t", "0.2", folder.appendingPathComponent("short.flac").path,
                "-map", "1", "-t", "0.2", folder.appendingPathComponent("short.wav").path,
                "-map", "1", "-t", "0.2", "-c:a", "adpcm_ms", folder.appendingPathComponent("short-adpcm.wav").path,
                "-map", "1", "-t", "0.2", "-ar", "16000", "-c:a", "g722",
                folder.appendingPathComponent("short-g722.wav").path,
            ])
    }

    /// AMR as RFC 4867 §5 has it: 75 frames of 20 ms at 12.2 kbit/s, each with a first octet and 31 of speech bits.
    private static let amr: Data = {
        let frame: [UInt8] = [0x3C] + [UInt8](repeating: 0, count: 31)
        return Data(Array("#!AMR\n".utf8) + [[UInt8]](repeating: frame, count: 75).joined())
    }()

    /// AMR-WB as RFC 4867 §5 has it: ten frames of 20 ms at 6.6 kbit/s, each with a first octet and 17 of speech bits.
    private static let amrWideband: Data = {
        let frame: [UInt8] = [0x04] + [UInt8](repeating: 0, count: 17)
        return Data(Array("#!AMR-WB\n".utf8) + [[UInt8]](repeating: frame, count: 10).joined())
    }()

    static func url(_ name: String) throws -> URL {
        try shared.get().folder.appendingPathComponent(name)
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: url(name)))
    }
}
