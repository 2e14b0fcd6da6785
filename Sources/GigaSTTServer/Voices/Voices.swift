import Foundation
import GigaSTT
import Logging
import NIOPosix
import STTValues
import Synchronization

/// The voices by which a server names speakers.
struct Voices: Sendable {
    let store: VoiceStore
    let leastSimilarity: Float
    private let logger: Logger
    private let logged = Logged()
    /// Most references of one request (OpenAI).
    static let referenceLimit = 4

    /// What is in the log already.
    private final class Logged: Sendable {
        struct State {
            var hasFailed = false
            var fileCount = 0
        }

        let state = Mutex(State())
    }

    /// Opens the folder of voices; `nil` where names are not allowed.
    ///
    /// Throws `ServerError` with code `settingInvalid` or `fileUnusable`.
    init?(_ settings: VoiceSettings, _ logger: Logger) throws(ServerError) {
        guard settings.allowsNames else {
            guard settings.folder == nil else {
                throw ServerError(
                    .settingInvalid,
                    "--speakers-dir needs --voice-consent: names identify people, who must have agreed to it.")
            }
            return nil
        }
        (leastSimilarity, self.logger) = (settings.leastSimilarity, logger)
        guard let folder = settings.folder else {
            store = VoiceStore()
            return
        }
        do {
            store = try VoiceStore(in: URL(fileURLWithPath: folder))
        } catch {
            throw ServerError(.fileUnusable, "--speakers-dir: \(error.message)")
        }
        note(.success(store.unreadableCount))
    }

    /// Logs once that the folder cannot be read, and how many files are no voices when there are more of them.
    private func note(_ result: Result<Int, GigaSTTError>) {
        switch result {
        case .success(let count):
            let isMore = logged.state.withLock { state in
                defer { state = .init(fileCount: count) }
                return count > state.fileCount
            }
            if isMore { logger.warning("files of --speakers-dir are no voices", metadata: ["count": "\(count)"]) }
        case .failure(let error):
            let isNew = logged.state.withLock { state in
                defer { state.hasFailed = true }
                return !state.hasFailed
            }
            if isNew { logger.warning("no speaker gets a name", metadata: ["reason": "\(error.message)"]) }
        }
    }

    /// Runs `body` where it may block.
    func blocking<Value: Sendable>(_ body: @escaping @Sendable (VoiceStore) throws -> Value) async throws -> Value {
        let store = store
        return try await NIOThreadPool.singleton.runIfActive { try body(store) }
    }

    /// The enrolled voices that can be compared with what the recognizer hears; `nil` when there are none. A folder that
    /// cannot be read gives no names, which is logged, and keeps no recording from being recognised.
    func known(_ recognizer: Recognizer) async throws -> KnownVoices? {
        guard let model = recognizer.voiceModel else { return nil }
        let leastSimilarity = leastSimilarity
        do {
            let (known, count) = try await blocking {
                (try $0.known(model: model, leastSimilarity: leastSimilarity), $0.unreadableCount)
            }
            note(.success(count))
            return known
        } catch let error as GigaSTTError {
            note(.failure(error))
            return nil
        }
    }
}

extension Voices? {
    /// The voices by which the speakers of a recording, a job or a live session get names; `nil`: they get none.
    func known(for request: RecognitionRequest, _ recognizer: Recognizer) async throws -> KnownVoices? {
        guard request.speakers == true, recognizer.capabilities.speakerNames else { return nil }
        switch request.names {
        case .none: return nil
        case .enrolled: return try await self?.known(recognizer)
        case .given(let known): return known
        }
    }
}
