import Foundation
import GigaSTT
import Observation

/// What a dictation view shows, and the recognition behind it.
@MainActor @Observable
final class Dictation {
    /// Text that will not change any more.
    private(set) var settled = ""
    /// The open utterance, which may still change.
    private(set) var open = ""
    /// What went wrong, in a sentence for the person who speaks.
    private(set) var failure: String?
    /// Whether input is being read.
    private(set) var isListening = false

    /// Listens until the input ends or the task is cancelled.
    func listen<Input: AsyncSequence & Sendable>(
        to input: Input, with recognizer: Recognizer
    ) async where Input.Element == [Float] {
        (failure, isListening) = (nil, true)
        defer { isListening = false }
        do {
            try await recognizer.transcribe(live: input) { show($0) }
        } catch is CancellationError {
            open = ""
        } catch {
            failure = error.localizedDescription
        }
    }

    private func show(_ event: LiveEvent) {
        switch event {
        case .partial(let partial): open = partial.text
        case .final(let segment):
            if !segment.text.isEmpty { settled += segment.text + "\n" }
            open = ""
        case .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable: break
        }
    }
}
