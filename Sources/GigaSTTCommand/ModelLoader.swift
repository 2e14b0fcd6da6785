import Foundation
import GigaSTT
import GigaSTTDownload

/// Loads a model, any number of times: its files are looked up each time, and what is missing of them is downloaded.
struct ModelLoader: Sendable {
    var source: ModelSource
    /// The head asked for; `nil` takes the one that the files name and downloads `rnnt`.
    var head: RecognitionHead?
    var configuration = RecognizerConfiguration()
    /// Whether punctuation was asked for; else it is added where its model is there.
    var wantsPunctuation = false
    var network = NetworkOptions.Values()
    var catalog = ModelCatalog.standard

    /// Loads the model and prints which one it is. The encoder is prepared first if that takes seconds; a program that
    /// runs for long calls `later` to have it prepared for its next start if it does not.
    ///
    /// Throws `GigaSTTError`, `ExitFailure` when a missing model cannot be downloaded, and `CancellationError`.
    func load(later: (@Sendable () -> Void)? = nil) async throws -> Recognizer {
        try await downloadIfMissing()
        let configuration = try await usableConfiguration()
        let isWorthPreparing = try await preparation?.prepareIfQuick(isLongRunning: later != nil) ?? false
        let recognizer = try await Recognizer(folder, configuration: configuration)
        if case .fellBack(let reason) = recognizer.encoderSource {
            Console.note("A prepared encoder was damaged and was removed; the model's own is used. (\(reason))")
        }
        let place = if case .folder(let url) = source { url.path } else { recognizer.modelIdentifier }
        Console.note("Model: \(place) (\(recognizer.head.rawValue), \(recognizer.encoderKind))")
        let isNaming = later == nil
        if let warning = recognizer.unspellableWarning(configuration.hotwords, isNaming: isNaming) {
            Console.warn(warning)
        }
        if let failure = recognizer.voiceActivityFailure {
            let reason = "\(failure.message) (\(failure.detail))"
            Console.warn("the VAD model is not used; speech is found by its energy. \(reason)")
        }
        noteMissingPunctuation(recognizer)
        if isWorthPreparing { later?() }
        if case .builtIn = source {
            Console.warn(
                "The built-in model recognises synthesised voices, and people poorly. `gigastt download` fetches one for people."
            )
        }
        return recognizer
    }

    /// Says once that texts have no punctuation, where a model of it was looked for and the speech model writes none.
    private func noteMissingPunctuation(_ recognizer: Recognizer) {
        guard let failure = recognizer.punctuationFailure else { return }
        if wantsPunctuation || failure.code != .modelMissing {
            Console.warn("punctuation is not added. \(failure.message) (\(failure.detail))")
        } else if !recognizer.head.writesFormattedText {
            Console.note(
                "Punctuation is not added. \(failure.message)\(punctuationAdvice)"
            )
        }
    }

    /// What prepares the encoder; `nil` when the recognizer would not use it.
    var preparation: EncoderPreparation? {
        guard configuration.provider == .cpu, configuration.encoderBatchLimit ?? 1 == 1 else { return nil }
        return configuration.cache.map { EncoderPreparation(cache: $0, folder: folder) }
    }

    private var folder: ModelFolder { source.folder(head: head) }

    /// The command that puts the punctuation model where it is looked for, if there is one.
    private var punctuationAdvice: String {
        guard let place = configuration.punctuationModel, place.lastPathComponent == Self.punctuationFolder else {
            return ""
        }
        let folder = ShellQuote.quoted(RawPath(place.deletingLastPathComponent().path).bytes)
        return " `gigastt download --punctuation --model-dir \(folder)` fetches one."
    }

    /// Fetches what is missing, and replaces nothing: the rest may be a model of one's own.
    private func downloadIfMissing() async throws {
        guard case .folder(let url) = source, let selection = folder.missingFiles(published: catalog) else { return }
        do {
            let downloader = ModelDownloader(folder: url, catalog: catalog, configuration: try network.configuration())
            if Console.isTerminal {
                var bar = ProgressBar()
                defer { bar.clear() }
                try await downloader.download(selection) { bar.update($0) }
            } else {
                let progress = DownloadProgress(.human, redraws: false)
                try await downloader.ensure(selection) { progress.report($0) }
            }
        } catch let error as DownloadError {
            throw Self.failure(error, of: selection, in: url)
        }
        try await downloadPunctuation(beside: selection.head)
    }

    /// What the first download brings beside the model of speech, where that writes no punctuation and it is not off; a failure
    /// is a warning.
    private func downloadPunctuation(beside head: RecognitionHead?) async throws {
        guard let folder = configuration.punctuationModel, head?.writesFormattedText != true else { return }
        let file = folder.appendingPathComponent(Self.punctuationFile)
        if let reason = try await fetch(.punctuation, to: file, folder: Self.punctuationFolder) {
            Console.warn("the punctuation model was not downloaded. \(reason)")
        }
    }

    /// The configuration without a voice activity model that is not there and cannot be downloaded; a warning says so, as it
    /// does when a model fails later.
    private func usableConfiguration() async throws -> RecognizerConfiguration {
        var configuration = configuration
        configuration.onModelFailure = Console.warn
        guard let model = configuration.voiceActivityModel else { return configuration }
        let reason =
            try await fetch(.voiceActivity, to: model, folder: Self.voiceActivityFolder).map { " (\($0))" } ?? ""
        if !FileManager.default.isReadableFile(atPath: model.path) {
            configuration.voiceActivityModel = nil
            Console.warn("there is no VAD model at \(model.path)\(reason); speech is found by its energy")
        }
        return configuration
    }

    /// Downloads a missing model beside that of speech, if its folder has the name that downloads give it. Returns the reason
    /// of a failure. Throws `CancellationError`.
    private func fetch(_ extra: ModelSelection.Extra, to file: URL, folder name: String) async throws -> String? {
        let folder = file.deletingLastPathComponent()
        if FileManager.default.isReadableFile(atPath: file.path) || folder.lastPathComponent != name { return nil }
        let progress = DownloadProgress(.human, redraws: Console.isTerminal)
        do {
            let downloader = ModelDownloader(
                folder: folder.deletingLastPathComponent(), catalog: catalog,
                configuration: try network.configuration())
            try await downloader.ensure(ModelSelection(nil, extras: [extra])) { progress.report($0) }
            return nil
        } catch {
            progress.end()
            try Task.checkCancellation()
            return (error as? DownloadError)?.operatorMessage ?? "\(error)"
        }
    }

    private static func failure(_ error: DownloadError, of files: ModelSelection, in folder: URL) -> ExitFailure {
        let lack =
            files.encoder == .own
            ? "The model in \(folder.path) is incomplete, and the rest was not downloaded."
            : "There is no model in \(folder.path), and it was not downloaded."
        return ExitFailure(
            message: """
                \(lack)
                \(error.operatorMessage)
                Name a copy of the published files with --mirror or GIGASTT_MODEL_MIRROR, or a folder that holds a model \
                with --model-dir. --built-in-model uses the small model for synthesised voices.
                """)
    }
}

extension ModelLoader {
    static let punctuationFile = "rupunct_small_int8.onnx"
    static let voiceActivityFile = "silero_vad.onnx"
    /// The names that downloads give to folders of models beside that of speech.
    static let (punctuationFolder, voiceActivityFolder) = ("punct", "vad")
}

extension ModelFolder {
    /// What is to be downloaded before the model can be loaded; `nil`: nothing, or nothing of it is published.
    func missingFiles(published catalog: ModelCatalog = .standard) -> ModelSelection? {
        if containsModel { return nil }
        guard let found = incompleteHead else { return ModelSelection(head ?? .rnnt, keepsFiles: true) }
        return catalog.heads[found] == nil ? nil : ModelSelection(found, encoder: .own, keepsFiles: true)
    }
}
