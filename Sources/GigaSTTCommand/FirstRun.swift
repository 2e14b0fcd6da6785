import Foundation
import GigaSTT
import GigaSTTDownload

/// The question of a first run on a terminal: whether to download a model, or to try the built-in one.
struct FirstRun: Sendable {
    /// What to do about the missing model.
    enum Choice: Sendable, Hashable { case download, builtIn, quit }

    /// What came from the terminal.
    private enum Reply { case line(String), end, silence }

    /// Without an answer the model is downloaded: a container can have a terminal without a keyboard.
    static let answerLimit = Duration.seconds(60)
    /// Answers that are read before the program ends.
    static let answerCount = 3

    let folder: URL
    let selection: ModelSelection
    let plan: DownloadPlan

    /// Whether to ask: standard input and standard error are a terminal, the program is in its foreground, and no
    /// continuous integration runs it (`CI`). A service of systemd has no terminal.
    static func isInteractive(environment: [String: String] = ProcessInfo.processInfo.environment) -> Bool {
        let ci = environment["CI"] ?? ""
        guard ci.isEmpty || Setting.boolean(ci) == false, Console.isTerminal else { return false }
        let input = FileHandle.standardInput.fileDescriptor
        // Reading a terminal from its background stops the process.
        return isatty(input) == 1 && tcgetpgrp(input) == getpgrp()
    }

    /// The source to load from, after the question where one is due.
    static func source(
        _ source: ModelSource, head: RecognitionHead?, network: NetworkOptions.Values, assumesYes: Bool
    ) async throws -> ModelSource {
        guard !assumesYes, isInteractive(), case .folder(let url) = source,
            let selection = source.folder(head: head).missingFiles(), let configuration = try? network.configuration(),
            !configuration.isOffline
        else { return source }
        let downloader = ModelDownloader(folder: url, configuration: configuration)
        // What cannot be planned fails as a download, with its reason.
        guard let plan = try? await downloader.plan(for: selection), !plan.files.isEmpty else {
            return source
        }
        switch await FirstRun(folder: url, selection: selection, plan: plan).ask() {
        case .download: return source
        case .builtIn: return .builtIn
        case .quit:
            throw ExitFailure(
                message:
                    "Nothing was downloaded. `gigastt download` fetches a model, --built-in-model uses the small one.")
        }
    }

    /// The question, with the size and the origin of the model.
    var question: String {
        let isRest = selection.encoder == .own
        let lack = isRest ? "The model in \(folder.path) is incomplete." : "There is no model in \(folder.path)."
        return """
            \(lack)
              1  download \(isRest ? "the rest of " : "")\((selection.head ?? .rnnt).rawValue), a model for human speech: \
            about \(plan.estimatedByteCount / 1_000_000) MB \
            from \(plan.hosts.joined(separator: ", "))
              2  try the small built-in model: no download, for synthesised voices
              3  quit
            Choose 1, 2 or 3 [1]:\u{20}
            """
    }

    /// The choice that a line means; `nil` for another text.
    static func choice(_ line: String) -> Choice? {
        switch line.trimmingCharacters(in: .whitespacesAndNewlines).lowercased() {
        case "", "1", "y", "yes", "д", "да": .download
        case "2": .builtIn
        case "3", "n", "no", "q", "н", "нет": .quit
        default: nil
        }
    }

    private func ask() async -> Choice {
        Console.draw(question)
        for _ in 0..<Self.answerCount {
            switch await Self.reply() {
            case .line(let line):
                if let choice = Self.choice(line) { return choice }
                Console.draw("1, 2 or 3: ")
            case .end:
                Console.draw("\n")
                return .quit
            case .silence:
                Console.draw("\nNo answer; the model is downloaded.\n")
                return .download
            }
        }
        return .quit
    }

    private static func reply() async -> Reply {
        let reader = PipeReader(.standardInput)
        return await withTaskGroup(of: Reply.self) { group in
            group.addTask { await reader.next().map { Reply.line(String(decoding: $0, as: UTF8.self)) } ?? .end }
            group.addTask {
                try? await ContinuousClock().sleep(for: answerLimit)
                return .silence
            }
            let first = await group.next() ?? .end
            reader.stop()
            group.cancelAll()
            return first
        }
    }
}
