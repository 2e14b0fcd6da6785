import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTCommand

/// `gigastt doctor` from outside, and what follows from its facts.
@Suite struct DoctorCommandTests {
    private struct Printed: Decodable {
        struct Model: Decodable {
            let folder: String?
            let name: String?
            let head: String?
        }
        struct Speed: Decodable {
            let audioSeconds: Double
            let realTimeFactor: Double
        }
        struct Finding: Decodable {
            let isProblem: Bool
            let message: String
            let action: String
        }
        let version: String
        let runtime: [String: String]?
        let model: Model
        let speed: Speed?
        let variables: [String]
        let findings: [Finding]
        let isSound: Bool
    }

    private func json(_ program: Program, _ arguments: [String] = []) async throws -> (Int32, Printed) {
        let result = try await program.run(["doctor", "--json"] + arguments)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return (result.code, try decoder.decode(Printed.self, from: Data(result.output.utf8)))
    }

    @Test func anInstallationThatWorksIsOneScreenWithoutProblems() async throws {
        let result = try await Program().run(["doctor"])
        #expect(result.code == 0, "\(result.output)")
        #expect(result.output.contains("built in: gigastt-demo, head rnnt"))
        #expect(result.output.contains("times real time"))
        #expect(result.output.contains("No problem was found."))
        let lines = result.output.split(separator: "\n")
        #expect(lines.count <= 24 && lines.allSatisfy { $0.count < 200 })
        let (code, report) = try await json(Program())
        let speed = try #require(report.speed)
        #expect(code == 0 && report.isSound && report.version == "3.0.0")
        #expect(speed.audioSeconds == 15 && speed.realTimeFactor > 0)
    }

    @Test func theHomeFolderAndValuesOfSettingsAreNotShown() async throws {
        let home = try TemporaryFolder()
        let models = home.url.appendingPathComponent(".gigastt/models")
        try FileManager.default.createDirectory(
            at: models.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: ModelFolder.demo.url, to: models)
        var program = Program()
        program.environment["HOME"] = home.url.path
        program.environment["GIGASTT_BUILT_IN_MODEL"] = .some(nil)
        program.environment["GIGASTT_API_KEY_FILE"] = "/home/anna/keys"
        let result = try await program.run(["doctor"])
        #expect(result.code == 0, "\(result.output)")
        #expect(result.output.contains(" ~/.gigastt/models: "))
        #expect(result.output.contains("GIGASTT_API_KEY_FILE"))
        let (_, report) = try await json(program)
        #expect(report.model.folder == "~/.gigastt/models")
        for text in [result.output, try await program.run(["doctor", "--json"]).output] {
            #expect(!text.contains(home.url.path) && !text.contains("anna"))
        }
    }

    @Test func aMissingModelIsAProblemWithANextStep() async throws {
        var program = Program()
        program.environment["GIGASTT_BUILT_IN_MODEL"] = .some(nil)
        let (code, report) = try await json(program)
        #expect(code == 1 && !report.isSound && report.speed == nil)
        let problem = try #require(report.findings.first { $0.isProblem })
        #expect(problem.action.contains("gigastt download"))
        #expect(report.runtime != nil)
    }

    @Test func aDamagedModelIsAProblem() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(at: ModelFolder.demo.url, to: folder.url.appendingPathComponent("model"))
        try Data("no model".utf8).write(
            to: folder.url.appendingPathComponent("model/v3_rnnt_joint.onnx"))
        let result = try await Program().run(["doctor", "--model-dir", folder.path("model")])
        #expect(result.code == 1)
        #expect(result.output.contains("Problem: ") && result.output.contains("cannot be used"))
    }

    @Test func aMissingRuntimeIsTheOnlyProblem() async throws {
        var program = Program()
        program.environment["ONNXRUNTIME_LIB"] = "/nowhere/libonnxruntime.so"
        let (code, report) = try await json(program)
        #expect(code == 1 && report.runtime == nil)
        let problems = report.findings.filter(\.isProblem)
        #expect(problems.count == 1 && problems[0].action.contains("ONNXRUNTIME_LIB"))
    }

    /// A report in which nothing is wrong.
    private static var sound: DoctorReport {
        var report = DoctorReport()
        report.ffmpeg = .init(libavformat: "59.27.100", libavcodec: "59.37.100", libavutil: "57.28.100")
        report.neededFFmpeg = 59
        report.model.folder = "~/.gigastt/models"
        report.model.name = "gigaam-v3-rnnt"
        report.speed = .init(audioSeconds: 15, seconds: 0.3, threadCount: 2)
        return report
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The beginnings of the messages, `!` before problems.
        let expected: [String]
        let change: @Sendable (inout DoctorReport) -> Void

        init(_ name: String, _ expected: [String], _ change: @escaping @Sendable (inout DoctorReport) -> Void) {
            (testDescription, self.expected, self.change) = (name, expected, change)
        }
    }

    @Test(arguments: [
        Case("nothing", []) { _ in },
        Case("slow", ["Recognition is slower"]) { $0.speed?.seconds = 15.1 },
        Case("as fast as speech", []) { $0.speed?.seconds = 15 },
        Case("no FFmpeg", ["FFmpeg's libraries were not found (libavformat.so.59)"]) { $0.ffmpeg = nil },
        Case("not prepared", ["The encoder is not prepared"]) { $0.model.canBePrepared = true },
        Case("built in", ["The built-in model"]) { $0.model.folder = nil },
        Case("a runtime hides the model", ["!no runtime"]) {
            ($0.runtimeFailure, $0.modelFailure) = ("no runtime", "no model")
        },
        Case("all", ["!no model", "FFmpeg's", "The encoder"]) {
            $0.modelFailure = "no model"
            $0.ffmpeg = nil
            $0.model.canBePrepared = true
        },
    ])
    func factsLeadToFindings(row: Case) {
        var report = Self.sound
        row.change(&report)
        #expect(report.findings.count == row.expected.count)
        for (finding, beginning) in zip(report.findings, row.expected) {
            #expect("\(finding.isProblem ? "!" : "")\(finding.message)".hasPrefix(beginning))
            #expect(!finding.action.isEmpty)
        }
        #expect(report.isSound == !row.expected.contains { $0.hasPrefix("!") })
    }

    @Test(arguments: [
        ("/home/anna/.gigastt", "~/.gigastt"), ("/home/anna", "~"), ("/home/boris/x: missing", "/home/…/x: missing"),
        ("/Users/vera/lib", "/Users/…/lib"), ("/opt/models", "/opt/models"), ("/home/annabel/x", "/home/…/x"),
    ])
    func pathsHaveNoNames(path: String, shown: String) {
        #expect(PathPrivacy(home: "/home/anna/").text(path) == shown)
    }
}
