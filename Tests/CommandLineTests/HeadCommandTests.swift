import Foundation
import GigaSTT
import TestSupport
import Testing

/// The heads of a folder by name, and without one.
@Suite struct HeadCommandTests {
    private let program = Program()

    private func heard(in folder: TemporaryFolder, _ options: [String] = []) async throws -> String {
        let path = try Recordings.named("07").url.path
        let result = try await program.run(["transcribe", "--model-dir", folder.url.path, path] + options)
        #expect(result.code == 0, "\(result.errors)")
        return result.output.trimmingCharacters(in: .newlines)
    }

    private func isSentence(_ text: String) -> Bool { text.first?.isUppercase == true && text.hasSuffix(".") }

    @Test func theHeadThatIsNamedIsLoaded() async throws {
        let folder = try TemporaryFolder.withTwoHeads()
        let bare = try await heard(in: folder)
        #expect(bare.contains("позвони") && bare == bare.lowercased())
        #expect(try await heard(in: folder, ["--model-variant", "rnnt"]) == bare)
        let written = try await heard(in: folder, ["--model-variant", "e2e-rnnt"])
        #expect(isSentence(written) && written.lowercased().contains("позвони"))
        let fused = try await heard(in: folder, ["--fusion"])
        #expect(isSentence(fused) && fused.lowercased().filter { $0.isLetter || $0 == " " } == bare)
    }

    @Test(arguments: RecognitionHead.allCases) func theHeadOfAFolderIsDetected(head: RecognitionHead) async throws {
        let text = try await heard(in: TemporaryFolder(head: head))
        #expect(isSentence(text) == head.writesFormattedText && text.lowercased().contains("позвони"))
    }
}
