import Foundation
import GigaSTT
import RandomModels
import TestSupport
import Testing

/// Names that are not UTF-8 reach the system as they are, whichever option has them.
@Suite struct BytePathTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ line: String, _ arguments: [String] = []) async throws -> Program.Result {
        var program = Program()
        program.environment["GIGASTT_BUILT_IN_MODEL"] = .some(nil)
        return try await program.shell("cd \"$1\" || exit; shift; " + line, [folder.url.path] + arguments)
    }

    @Test func aModelAndACacheInAnyFolder() async throws {
        let model = ModelFolder.demo.url.path
        let (recording, text) = (try Recordings.named("06"), try await heard("06"))
        let result = try await run(
            #"""
            mkdir -p $'m\xff/models' && cp -r "$1"/* $'m\xff/models/' &&
            "$0" transcribe "$2" --model-dir $'m\xff/models' --cache-dir $'c\xfe/cache' &&
            GIGASTT_MODEL_DIR=$'m\xff/models' "$0" transcribe "$2" && "$0" verify --model-dir $'m\xff/models'; ls -d $'c\xfe'
            """#, [model, recording.url.path])
        #expect(result.output.hasPrefix("\(text)\n\(text)\n"), "\(result.errors)")
        // The files of the demo model are read, and not known.
        #expect(result.output.contains("not pinned") || result.output.contains("BAD"), "\(result.output)")
        #expect(result.code == 0)
        let missing = try await run(#""$0" verify --model-dir $'nothing\xff'"#)
        #expect(missing.code == 1 && missing.errors.contains(#"nothing\xff cannot be opened: No such file"#))
    }

    @Test func filesOfTheServer() async throws {
        let config = try await run(
            #"echo 'not toml' > $'c\xff.toml'; "$0" serve --built-in-model --config $'c\xff.toml'"#)
        #expect(config.code == 1 && config.errors.contains("is not valid TOML"), "\(config.errors)")
        let keys = try await run(
            #"echo 'nonsense' > $'k\xff'; GIGASTT_API_KEY_FILE=$'k\xff' "$0" serve --built-in-model --port 0"#)
        #expect(keys.code != 0 && !keys.errors.contains("No such file") && !keys.errors.contains("cannot be opened"))
        let subtitles = try await run(
            #"printf '00:01.000 --> 00:03.000\nПойдём на\n' > $'s\xff.srt'; "$0" captions check $'s\xff.srt'"#)
        #expect(subtitles.code == 1 && subtitles.output.contains("preposition"))
    }

    @Test func anEncoderUnderAnyName() async throws {
        let models = try TemporaryFolder()
        try RandomConformer.write(to: models.url.appendingPathComponent(RandomModel.encoder))
        let result = try await run(
            #"""
            mkdir $'f\xfe' && "$0" quantize --model-dir "$1" --output $'f\xfe/e\xff.onnx' && test -s $'f\xfe/e\xff.onnx' &&
            echo old > $'o\xff' && "$0" quantize --model-dir "$1" --output $'o\xff' && cat $'o\xff' &&
            "$0" quantize --force --model-dir "$1" --output $'o\xff' && cmp $'f\xfe/e\xff.onnx' $'o\xff' && ls -A | wc -l
            """#, [models.url.path])
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.errors.contains(#"Wrote f\xfe/e\xff.onnx"#) && result.errors.contains(#"exists: o\xff"#))
        #expect(result.output.split(whereSeparator: \.isWhitespace) == ["old", "2"])
        let missing = try await run(
            #""$0" quantize --model-dir "$1" --output $'nowhere\xff/e'"#, [models.url.path])
        #expect(missing.code == 1 && missing.errors.contains(#"nowhere\xff/e cannot be written: No such file"#))
    }
}
