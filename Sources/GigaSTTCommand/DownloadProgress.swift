import ArgumentParser
import Foundation
import GigaSTTDownload
import Synchronization

/// Progress of a download: lines on standard error, or one JSON object a line on standard output. What gigastt's contract has
/// no object for is a line on standard error in either form.
final class DownloadProgress: Sendable {
    /// The format of the progress.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case human, json
    }

    private struct State {
        var pacer: ProgressPacer
        /// Whether the last line will be drawn over.
        var isLineOpen = false
    }

    private let form: Form
    private let redraws: Bool
    private let start = ContinuousClock().now
    private let state: Mutex<State>

    /// - Parameter redraws: Whether the human form draws over one line; otherwise it writes a line every few seconds.
    init(_ form: Form, redraws: Bool = true) {
        self.form = form
        self.redraws = redraws
        let pace: ProgressPacer.Pace =
            switch form {
            case .json: .interval(.milliseconds(200))
            case .human: redraws ? .percent : .interval(.seconds(10))
            }
        state = Mutex(State(pacer: ProgressPacer(pace)))
    }

    /// Reports an event, at most as often as the pace allows.
    func report(_ event: DownloadEvent) {
        let time = ContinuousClock().now - start
        state.withLock { state in
            guard state.pacer.passes(event, at: time) else { return }
            switch form {
            case .json: if let json = event.json { Self.write(json) } else { show(event, &state) }
            case .human: show(event, &state)
            }
        }
    }

    /// Reports the failure; as JSON it is the last line.
    func report(failure: any Error) {
        state.withLock { state in
            Self.endLine(&state)
            if form == .json { Self.write(DownloadEvent.json(failure: failure)) }
        }
    }

    /// Ends a line that would be drawn over.
    func end() { state.withLock { Self.endLine(&$0) } }

    private static func write(_ line: String) { put(line + "\n", on: .standardOutput) }

    private static func put(_ text: String, on handle: FileHandle) {
        // A closed pipe must not stop the download.
        try? handle.write(contentsOf: Data(text.utf8))
    }

    private func show(_ event: DownloadEvent, _ state: inout State) {
        guard Console.level.load() <= .info else { return }
        switch event {
        case .downloading(let file, let done, let total):
            let text = ProgressLine.text(file: file, done: done, total: total)
            guard redraws else { return Console.note(text) }
            Self.put("\r\(text)", on: .standardError)
            state.isLineOpen = true
            if done == total { Self.endLine(&state) }
        case .verifying(let file):
            Self.endLine(&state)
            Console.note("Verifying \(file)")
        case .waiting(let holder):
            Console.note("Waiting for another download\(holder.map { " (process \($0))" } ?? "") to finish")
        case .retrying(let file, let wait):
            Self.endLine(&state)
            Console.note("\(file): trying again in \(max(wait.components.seconds, 1)) s")
        case .done(let folder): Console.note("Models are ready in \(folder.path)")
        }
    }

    private static func endLine(_ state: inout State) {
        if state.isLineOpen { put("\n", on: .standardError) }
        state.isLineOpen = false
    }
}
