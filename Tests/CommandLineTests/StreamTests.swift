import Foundation
import TestSupport
import Testing

/// Places that take no output, and what a terminal gets.
@Suite struct StreamTests {
    private let item: Recordings.Item
    private let folder: TemporaryFolder

    init() throws {
        item = try Recordings.named("08")
        folder = try TemporaryFolder()
    }

    @Test func aFolderThatIsNotThereIsNamed() async throws {
        let path = folder.path("nowhere/out.txt")
        let result = try await Program().run(["transcribe", item.url.path, "-o", path])
        #expect(result.code == 1 && !result.errors.contains("Model:"))
        #expect(result.errors.contains("cannot be written to \(path): No such file or directory"))
        #expect(try folder.names().isEmpty)
    }

    @Test func aFolderIsNoFile() async throws {
        let result = try await Program().run(["transcribe", item.url.path, "-o", folder.url.path])
        #expect(result.code == 1)
        #expect(result.errors.contains("Is a directory"))
        #expect(try folder.names().isEmpty)
    }

    @Test(.enabled(if: geteuid() != 0, "the administrator may write everywhere"))
    func aFolderThatMayNotBeWrittenToIsAnError() async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.url.path)
        let result = try await Program().run(["transcribe", item.url.path, "-o", folder.path("out.txt")])
        #expect(result.code == 1)
        #expect(result.errors.contains("Permission denied"))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.url.path)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func aFullDiskIsAnErrorAndTheDeviceStaysOne() async throws {
        let link = folder.path("full")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/full")
        var program = Program()
        program.environment["TMPDIR"] = folder.url.path
        let file = try await program.run(["transcribe", item.url.path, "-o", link])
        #expect(file.code == 1 && file.errors.contains("No space left"))
        try expectKept(file.errors)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/full")
        let output = try await program.shell(#""$0" transcribe "$1" > /dev/full"#, [item.url.path])
        #expect(output.code == 1)
        #expect(output.errors.contains("cannot be written to standard output: No space left"))
        try expectKept(output.errors)
    }

    /// The transcript lies in a temporary file, of which the path is printed.
    private func expectKept(_ errors: String) throws {
        let match = try #require(errors.firstMatch(of: #/kept in (\/\S+\.txt)\./#), "\(errors)")
        let path = String(match.1)
        #expect(path.hasPrefix(folder.url.path))
        #expect(try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .newlines) == item.written)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }

    /// However it is named, the recording is never overwritten.
    @Test(arguments: ["same", "link", "hard link", "standard input"])
    func theRecordingIsNoDestination(name: String) async throws {
        let recording = try Data(contentsOf: item.url)
        let path = try folder.write(recording, as: "a.wav")
        let other = folder.path("b.wav")
        var line = #""$0" transcribe "$1" -o "$2""#
        switch name {
        case "link": try FileManager.default.createSymbolicLink(atPath: other, withDestinationPath: "a.wav")
        case "hard link": try FileManager.default.linkItem(atPath: path, toPath: other)
        case "standard input": line = #""$0" transcribe - -o "$1" < "$1""#
        default: break
        }
        let target = FileManager.default.fileExists(atPath: other) ? other : path
        let result = try await Program().shell(line, [path, target])
        #expect(result.code == 1 && result.errors.contains("it is the recording itself"), "\(result.errors)")
        #expect(!result.errors.contains("Model:"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == recording)
    }

    /// Names are bytes: these are no UTF-8, which no Swift string can hold.
    @Test func namesThatAreNotUTF8AreReadAndWritten() async throws {
        let script = #"""
            in=$(printf 'a\xff\xd0.wav'); out=$(printf '\xfe\xe2\x82.txt')
            cp "$1" "$2/$in" && cd "$2" && "$0" transcribe "$in" -o "$out" && GIGASTT_OUTPUT="./$out" "$0" transcribe "./$in" &&
                cat "$out" && ls | wc -l && "$0" transcribe "$in" -o "$in"
            """#
        let result = try await Program().shell(script, [item.url.path, folder.url.path])
        #expect(result.code == 1 && result.errors.contains("it is the recording itself"), "\(result.errors)")
        #expect(result.output.hasPrefix(item.written + "2"), "\(result.output)")
    }

    #if os(Linux)
        /// A file system of 64 KB, of which nothing is left: an error before any work.
        @Test(.enabled(if: geteuid() == 0, "only the administrator may mount"))
        func aFullFileSystemIsFoundBeforeTheWork() async throws {
            let script = #"""
                mount -t tmpfs -o size=64k tmpfs "$2" || exit 77
                head -c 60000 /dev/zero > "$2/full"; cat /dev/zero >> "$2/full" 2> /dev/null
                "$0" transcribe "$1" -o "$2/out.txt"; echo "code $?"; ls "$2"
                rm "$2/full"; "$0" transcribe "$1" -o "$2/out.txt"; echo "code $?"; ls "$2"; umount "$2"
                """#
            let result = try await Program().shell(
                "unshare -m bash -c '\(script)' \"$0\" \"$1\" \"$2\"", [item.url.path, folder.url.path])
            if result.code == 77 || result.errors.contains("unshare") { return }
            let lines = result.output.split(separator: "\n")
            #expect(lines == ["code 1", "full", "code 0", "out.txt"], "\(result.errors)")
            #expect(result.errors.contains("No space left on device"))
        }
    #endif

    @Test func aLinkIsWrittenThrough() async throws {
        try folder.write(Data("old".utf8), as: "file")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("link"), withDestinationPath: folder.path("file"))
        let result = try await Program().run(["transcribe", item.url.path, "-o", folder.path("link")])
        #expect(result.code == 0)
        #expect(try String(contentsOfFile: folder.path("file"), encoding: .utf8) == item.written)
        #expect(try folder.names() == ["file", "link"])
    }

    @Test(arguments: ["2>&-", "2>/dev/full"])
    func theTextComesEvenIfNothingElseCanBeSaid(redirection: String) async throws {
        let result = try await Program().shell(#""$0" transcribe "$1" "# + redirection, [item.url.path])
        #expect(result.code == 0)
        #expect(result.output == item.written + "\n")
    }

    @Test func aReaderThatLeavesIsNoCrash() async throws {
        let line = #""$0" transcribe "$1" -f json | head -c 1; exit ${PIPESTATUS[0]}"#
        let result = try await Program().shell(line, [item.url.path])
        #expect(result.output == "{")
        // The end by a broken pipe is what pipelines expect.
        #expect([0, 1, 128 + SIGPIPE].contains(result.code))
        #expect(!result.errors.contains("Fatal") && !result.errors.contains("Crash"))
    }

    @Test(.enabled(if: Tool.isRequiredOrInstalled("/usr/bin/script")))
    func aTerminalSeesHowFarItIs() async throws {
        let recording = try Recordings.named("12").url.path
        let line = #"script -qec "'$0' transcribe '$1' -o '$2'" /dev/null < /dev/null"#
        let result = try await Program().shell(line, [recording, folder.path("out")])
        #expect(result.output.contains("█") && result.output.contains("%") && result.output.contains("/ 0:21"))
        // It is taken away at the end.
        let drawings = result.output.split(separator: "\u{1B}[K", omittingEmptySubsequences: false)
        #expect(drawings.last?.contains("█") == false)
        #expect(try String(contentsOfFile: folder.path("out"), encoding: .utf8).hasPrefix("включи"))
    }
}
