import Foundation
import GigaSTT
import GigaSTTDownload
import Observation

/// The model behind the app: looked up, downloaded where a person agrees, prepared and loaded.
@MainActor @Observable
final class SpeechModel {
    /// What the app shows.
    enum State {
        case unknown
        /// A download is needed: about so many megabytes.
        case missing(megabytes: Int)
        /// The share that is done, 0…1.
        case downloading(Double)
        case loading
        case ready(Recognizer)
        /// What went wrong, in a sentence for the person at the screen.
        case failed(String)
    }

    private(set) var state = State.unknown
    private let folder: ModelFolder
    private let selection = ModelSelection(.rnnt)
    private var downloader: ModelDownloader { ModelDownloader(folder: folder.url) }

    init(in folder: ModelFolder = .standard) { self.folder = folder }

    /// Loads the model if it is complete; else says how much there is to download.
    func open() async {
        await report {
            if !folder.containsModel {
                let plan = try await downloader.plan(for: selection)
                state = .missing(megabytes: Int(plan.estimatedByteCount / 1_000_000))
                return
            }
            try await load()
        }
    }

    /// Downloads what is missing, prepares the encoder, and loads. Cancelling the task keeps what was received.
    func download() async {
        await report {
            try await downloader.download(selection) { state = .downloading($0.fraction) }
            state = .loading
            try await EncoderCache.standard.prepare(folder)
            try await load()
        }
    }

    private func load() async throws {
        state = .loading
        state = .ready(try await Recognizer(folder))
    }

    private func report(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch is CancellationError {
            state = .unknown
        } catch {
            state = .failed(error.localizedDescription)
        }
    }
}
