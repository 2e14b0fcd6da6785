import Foundation
import GigaSTT

/// Output of the events of a live recognition.
protocol LiveOutput: Sendable {
    func show(_ event: LiveEvent)
}

/// Finals as lines on standard output; on a terminal, the open utterance is redrawn below them.
struct LiveTextOutput: LiveOutput {
    private let showsPartials = Console.isTerminal

    func show(_ event: LiveEvent) {
        switch event {
        case .partial(let partial): draw(partial)
        case .final(let segment):
            erase()
            if !segment.text.isEmpty { Self.write(segment.text + "\n", to: .standardOutput) }
        case .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable: break
        }
    }

    /// The end of the text, as much as fits into the line; the part that may still change is dim.
    private func draw(_ partial: Partial) {
        guard showsPartials else { return }
        let width = max(20, Self.terminalWidth - 1)
        let tentative = String(partial.tentativeText.suffix(width))
        let committed = partial.committedText.suffix(width - tentative.count)
        Self.write("\r\u{1B}[K\(committed)\u{1B}[2m\(tentative)\u{1B}[0m", to: .standardError)
    }

    private func erase() {
        if showsPartials { Self.write("\r\u{1B}[K", to: .standardError) }
    }

    private static var terminalWidth: Int {
        var size = winsize()
        // Proof: the call fills the struct it is given, and only that.
        let isKnown = unsafe ioctl(FileHandle.standardError.fileDescriptor, UInt(TIOCGWINSZ), &size) == 0
        return isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    private static func write(_ text: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data(text.utf8))
    }
}

/// Every event as one JSON object per line on standard output.
struct LiveJSONOutput: LiveOutput {
    func show(_ event: LiveEvent) {
        let line = LiveEventJSON.line(event)
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }
}
