import ArgumentParser
import Foundation
import GigaSTT
import GigaSTTDownload
import STTEncoderCache

/// `gigastt verify`: compares the model folder with the published files.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare the files of a model folder with their SHA-256.",
        discussion: """
            One line per file on standard output: ok, BAD, missing, or not pinned for an unknown file and for an encoder of \
            the form fast, which only `gigastt quantize` writes. Encoders that it wrote in other forms are BAD: they cannot \
            be told from damaged downloads. Behind ok stands the form of an encoder that is published in two. Exit code 65 when a file is bad, 1 when one is missing or no file is known.
            """)

    @Option(help: "Folder of the model. [env GIGASTT_MODEL_DIR; default ~/.gigastt/models]")
    var modelDir: String?

    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func run() async throws {
        general.apply(program.general)
        let folder = try Setting.url(modelDir, variable: "GIGASTT_MODEL_DIR") ?? ModelFolder.standard.url
        try await Interruption.cancelling {
            let check = try await FolderCheck(
                of: folder, isOwn: { (try? Quantizer.form(of: $0)) == .fast }
            ) { Console.note("Reading \($0)") }
            for entry in check.entries { print(Self.line(entry)) }
            try Self.judge(check, of: folder)
        }
    }

    private static func line(_ entry: FolderCheck.Entry) -> String {
        switch entry.state {
        case .matches: "ok          \(entry.path)" + (entry.form.map { "  (\($0.rawValue))" } ?? "")
        case .differs(let digest): "BAD         \(entry.path)  (SHA-256 is \(digest))"
        case .missing: "missing     \(entry.path)"
        case .notPinned: "not pinned  \(entry.path)"
        }
    }

    private static func judge(_ check: FolderCheck, of folder: URL) throws {
        if let damage = check.damage { throw damage }
        if check.isSound { return }
        let what = check.entries.contains(where: \.isFault) ? "A file of a model is missing" : "No known model file is"
        throw ExitFailure(
            message: "\(what) in \(folder.path). Run `gigastt download`, or name another folder with --model-dir.")
    }
}
