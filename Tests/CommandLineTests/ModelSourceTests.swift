import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTCommand

/// Flags before variables, and a folder before the built-in model.
@Suite struct ModelSourceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let flag, variable: (isBuiltIn: Bool, folder: String?)
        /// `nil` stands for the built-in model.
        let expected: String?

        init(_ flag: (Bool, String?), _ variable: (Bool, String?), _ expected: String?) {
            (self.flag, self.variable, self.expected) = (flag, variable, expected)
        }

        var testDescription: String { "\(flag) \(variable) → \(expected ?? "built in")" }
    }

    private static let standard = ModelFolder.standard.url.path

    @Test(arguments: [
        Case((false, nil), (false, nil), standard), Case((false, nil), (true, nil), nil),
        Case((true, nil), (false, nil), nil), Case((true, nil), (false, "/v"), nil),
        Case((false, "/f"), (true, "/v"), "/f"), Case((false, "/f"), (false, nil), "/f"),
        Case((false, nil), (true, "/v"), "/v"), Case((false, nil), (false, "/v"), "/v"),
    ])
    func theSourceIsChosenByRank(_ test: Case) {
        func urls(_ choice: (isBuiltIn: Bool, folder: String?)) -> (isBuiltIn: Bool, folder: URL?) {
            (choice.isBuiltIn, choice.folder.map { URL(fileURLWithPath: $0) })
        }
        let source = ModelSource(flag: urls(test.flag), variable: urls(test.variable))
        let expected = test.expected.map { ModelSource.folder(URL(fileURLWithPath: $0)) } ?? .builtIn
        #expect(source == expected)
    }

    /// As a program that was copied alone.
    @Test func aBuiltInModelThatIsNotBesideTheProgramIsMissing() async throws {
        let folder = try TemporaryFolder()
        let place = folder.url.appendingPathComponent("gigastt")
        try FileManager.default.copyItem(at: Program.executable, to: place)
        let recording = try Recordings.named("08").url.path
        for command in [["transcribe", "--built-in-model", recording], ["doctor"]] {
            let process = Program().process(command)
            process.executableURL = place
            let result = try await Program.finish(process)
            #expect(result.code == 1, "\(result.errors)")
            #expect((result.output + result.errors).contains("gigastt_GigaSTT."))
        }
    }
}
