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
        #expect(result.code == 1)
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
        let file = try await Program().run(["transcribe", item.url.path, "-o", link])
        #expect(file.code == 1 && file.errors.contains("No space left"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/full")
        let output = try await Program().shell(#""$0" transcribe "$1" > /dev/full"#, [item.url.path])
        #expect(output.code == 1)
        #expect(output.errors.contains("cannot be written to standard output: No space left"))
    }

    @Test func aLinkIsWrittenThrough() async throws {
        try folder.write(Data("old".utf8), as: "file")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("link"), withDestinationPath: folder.path("file"))
        let result = try await Program().run(["transcribe", item.url.path, "-o", folder.path("link")])
        #expect(result.code == 0)
        #expect(try String(contentsOfFile: folder.path("file"), encoding: .utf8) == item.text)
        #expect(try folder.names() == ["file", "link"])
    }

    @Test(arguments: ["2>&-", "2>/dev/full"])
    func theTextComesEvenIfNothingElseCanBeSaid(redirection: String) async throws {
        let result = try await Program().shell(#""$0" transcribe "$1" "# + redirection, [item.url.path])
        #expect(result.code == 0)
        #expect(result.output == item.text + "\n")
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
