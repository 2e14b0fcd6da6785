public import ArgumentParser
import Foundation
import GigaSTT
public import GigaSTTDownload

/// `gigastt download`: fetches and verifies the files of a model.
struct DownloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Fetch a model and verify it.",
        discussion: """
            Files that match their SHA-256 are not fetched again; an interrupted download is resumed. The encoder comes quantised, and is then prepared for this machine: its graph is \
            laid out for speed and kept in a cache; the files of the model stay as they were published. Exit codes: 65 wrong content, 69 network, \
            74 disk, 130 interrupted by Ctrl-C, 143 terminated, 1 anything else.
            """)

    @Option(help: "Folder of the model. [env GIGASTT_MODEL_DIR; default ~/.gigastt/models]")
    var modelDir: String?

    @Option(help: "Head: rnnt, e2e_rnnt, ml_ctc or ml_ctc_large. [env GIGASTT_MODEL_VARIANT; default rnnt]")
    var modelVariant: String?

    @Flag(name: .customLong("fp32"), help: "Fetch the float encoder (850 MB) instead of the quantised one.")
    var float = false

    @Option(
        help: """
            Form of the quantised encoder of rnnt and e2e_rnnt: reference, 225 MB, or matmul, 320 MB, with convolutions in \
            floats. Replaces the other form. [default: the one that is there, else reference]
            """)
    var form: ModelFile.Form?

    @Flag(help: "Also fetch Silero's voice activity detection.")
    var vad = false

    @Flag(help: "Also fetch the punctuation model.")
    var punctuation = false

    @Flag(help: "Also fetch the speaker model; this is the default, unless --skip-diarization is given.")
    var speaker = false

    @Flag(help: "Do not fetch the speaker model.")
    var skipDiarization = false

    @Flag(help: "Do not prepare the encoder for this machine. [env GIGASTT_SKIP_QUANTIZE]")
    var skipQuantize = false

    @Option(help: "Format of the progress: human or json. [env GIGASTT_DOWNLOAD_PROGRESS; default human]")
    var progress: DownloadProgress.Form?

    @OptionGroup(title: "Preparation") var cache: CacheOptions
    @OptionGroup(title: "Network") var network: NetworkOptions
    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func validate() throws {
        if speaker && skipDiarization { throw ValidationError("--speaker and --skip-diarization exclude each other") }
        if float && form != nil { throw ValidationError("--fp32 and --form exclude each other") }
    }

    func run() async throws {
        general.apply(program.general)
        // A reader of the progress that has gone does not stop the download.
        signal(SIGPIPE, SIG_IGN)
        let progress = DownloadProgress(
            try Setting.value(
                progress, variable: "GIGASTT_DOWNLOAD_PROGRESS", default: .human, parse: DownloadProgress.Form.init))
        let isPrepared = try !Setting.flag(skipQuantize, variable: "GIGASTT_SKIP_QUANTIZE")
        let cache = isPrepared ? try cache.cache() : nil
        let folder = try Setting.url(modelDir, variable: "GIGASTT_MODEL_DIR", makesFolders: true)
        let downloader = ModelDownloader(
            folder: folder ?? ModelFolder.standard.url,
            configuration: try downloadConfiguration())
        let selection = try selection()
        do {
            try await Interruption.cancelling {
                try await downloader.ensure(selection) { progress.report($0) }
                let folder = ModelFolder(at: downloader.folder, head: selection.head)
                if let cache { try await EncoderPreparation(cache: cache, folder: folder).run() }
            }
        } catch {
            progress.report(failure: error is SignalReceived ? CancellationError() : error)
            throw error
        }
    }

    private func downloadConfiguration() throws -> DownloadConfiguration {
        do {
            return try network.values(offline: general.isOffline(program.general)).configuration()
        } catch {
            throw ValidationError(error.operatorMessage)
        }
    }

    private func selection() throws -> ModelSelection {
        let name = try Setting.value(
            modelVariant, variable: "GIGASTT_MODEL_VARIANT", default: "rnnt", parse: { $0 })
        guard let head = RecognitionHead(name: name), let known = ModelCatalog.standard.heads[head] else {
            throw ValidationError(
                "unknown model variant '\(name)' (expected 'rnnt', 'e2e_rnnt', 'ml_ctc' or 'ml_ctc_large')")
        }
        if float && known.float == nil {
            throw ValidationError("--fp32: no float encoder of '\(head.rawValue)' is published with a checksum")
        }
        if let form, !known.hasForm(form) {
            throw ValidationError("--form \(form.rawValue): the encoder of '\(head.rawValue)' is published in one form")
        }
        var extras: Set<ModelSelection.Extra> = skipDiarization ? [] : [.speaker]
        if vad { extras.insert(.voiceActivity) }
        if punctuation { extras.insert(.punctuation) }
        let encoder = float ? .float : form.map(ModelSelection.Encoder.form) ?? .quantized
        return ModelSelection(head, encoder: encoder, extras: extras)
    }
}

extension ModelFile.Form: ExpressibleByArgument {}

extension ModelCatalog.Head {
    fileprivate func hasForm(_ form: ModelFile.Form) -> Bool { [quantized, matmul].contains { $0?.form == form } }
}
