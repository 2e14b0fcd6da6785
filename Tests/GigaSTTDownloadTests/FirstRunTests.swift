import Foundation
import GigaSTTDownload
import STTValues
import Testing

@testable import GigaSTTCommand

/// The first command on a terminal, without a model.
@Suite("First run", .timeLimit(.minutes(2)))
struct FirstRunTests {
    private static let prompt = "[1]: "
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs `transcribe` on a terminal with an empty home folder: what the terminal showed, the exit code, and how many
    /// files were asked for.
    private func run(
        typing text: String, _ arguments: [String] = [], command: [String]? = nil, environment: [String: String] = [:]
    ) throws -> (shown: String, code: Int32, requests: Int) {
        let rig = try Rig("plain")
        let home = rig.folder.deletingLastPathComponent().appendingPathComponent("home-\(rig.name)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        let recording = Self.package.appendingPathComponent("Demo/01_commands.wav").path
        let child = try ChildProcess(
            "gigastt",
            (command ?? ["transcribe", recording]) + ["--mirror", rig.server.address("plain", case: rig.name)]
                + arguments,
            environment: ["HOME": home.path].merging(environment) { _, new in new }, answer: (Self.prompt, text))
        let shown = child.lines().joined(separator: "\n")
        return (shown, child.end(), try rig.requests.count)
    }

    @Test func theBuiltInModelCanBeTried() throws {
        let run = try run(typing: "2\n")
        #expect(run.code == 0)
        #expect(run.requests == 0)
        #expect(run.shown.components(separatedBy: Self.prompt).count == 2)
        #expect(run.shown.contains("MB from 127.0.0.1"))
        #expect(run.shown.contains("--built-in-model") || run.shown.contains("built-in model"))
        // The transcript is shown, too: Cyrillic that no message has.
        #expect(run.shown.split(separator: "\n").last?.contains { ("а"..."я").contains($0) } == true, "\(run.shown)")
    }

    /// The mirror has another prediction network than the published one, so the download begins and fails.
    @Test(arguments: ["\n", "1\n", "what?\ny\n"])
    func theDownloadShowsABar(typing text: String) throws {
        let run = try run(typing: text)
        #expect(run.code == 1)
        #expect(run.requests == 2)
        #expect(run.shown.contains("░ 0 %") && run.shown.contains(" MB"))
        #expect(run.shown.contains("SHA-256 mismatch"))
    }

    @Test(arguments: ["3\n", "нет\n", "\u{4}", "x\nx\nx\n"])
    func nothingIsDownloadedWithoutAYes(typing text: String) throws {
        let run = try run(typing: text)
        #expect(run.code == 1)
        #expect(run.requests == 0)
        #expect(run.shown.contains("gigastt download"))
    }

    @Test(arguments: [(["--yes"], [:]), ([], ["CI": "true"])] as [([String], [String: String])])
    func nothingIsAskedWhereTheAnswerIsKnown(arguments: [String], environment: [String: String]) throws {
        let run = try run(typing: "", arguments, environment: environment)
        #expect(!run.shown.contains(Self.prompt))
        #expect(run.requests == 2)
    }

    @Test(arguments: [
        ["transcribe", "/nowhere.wav"], ["serve", "--port", "0", "--host", "0.0.0.0"],
        ["serve", "--port", "0", "--config", "/nowhere.toml"], ["serve", "--port", "0", "--allow-origin", "*"],
    ])
    func whatCannotWorkIsNotAskedFor(command: [String]) throws {
        let run = try run(typing: "1\n", command: command)
        #expect(run.code == 1 && run.requests == 0)
        #expect(!run.shown.contains(Self.prompt), "\(run.shown)")
    }

    @Test func offlineNothingIsAsked() throws {
        let run = try run(typing: "", ["--offline"])
        #expect(run.code == 1 && run.requests == 0)
        #expect(!run.shown.contains(Self.prompt) && run.shown.contains("offline"))
    }

    @Test(
        arguments: [
            ("\n", .download), (" Y \n", .download), ("да\n", .download), ("1", .download), ("2\n", .builtIn),
            ("3\n", .quit), ("N\n", .quit), ("yes please\n", nil), ("12\n", nil),
        ] as [(String, FirstRun.Choice?)])
    func aLineIsAChoice(line: String, choice: FirstRun.Choice?) {
        #expect(FirstRun.choice(line) == choice)
    }
}
