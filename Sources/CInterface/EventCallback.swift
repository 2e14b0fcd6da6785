import CGigaSTT
import GigaSTT

/// The function of a C program that takes the events of a stream.
struct EventCallback {
    private let function: gigastt_event_callback
    private let context: UnsafeMutableRawPointer?

    init?(_ function: gigastt_event_callback?, _ context: UnsafeMutableRawPointer?) {
        guard let function else { return nil }
        (self.function, self.context) = (function, context)
    }

    /// Calls the function with an event of speech; a flush and speakers, for which there is no option, are none.
    func deliver(_ timed: TimedLiveEvent) {
        switch timed.event {
        case .speechStarted(let time): deliver(GIGASTT_EVENT_SPEECH_STARTED, start: time, end: time)
        case .speechStopped(let time): deliver(GIGASTT_EVENT_SPEECH_STOPPED, start: time, end: time)
        case .partial(let partial):
            deliver(
                GIGASTT_EVENT_PARTIAL, start: partial.words.first?.start ?? 0, end: partial.words.last?.end ?? 0,
                partial.text, committed: partial.committedText.utf8.count, json: timed.json?.description ?? "")
        case .final(let segment):
            deliver(
                GIGASTT_EVENT_FINAL, start: segment.start, end: segment.end, segment.text,
                committed: segment.text.utf8.count, json: timed.json?.description ?? "")
        case .flushed, .speakers, .speakersUnavailable: break
        }
    }

    /// Calls the function with the last event.
    func deliverEnd(_ failure: CallFailure?) {
        deliver(GIGASTT_EVENT_END, error: failure?.code ?? GIGASTT_OK, failure?.message ?? "")
    }

    private func deliver(
        _ kind: Int, error: Int = GIGASTT_OK, start: Double = 0, end: Double = 0, _ text: String = "",
        committed: Int = 0, json: String = ""
    ) {
        text.withCString { text in
            json.withCString { json in
                // Proof: the event and its texts live until the function has returned, as the header says.
                let event = gigastt_event(
                    kind: Int32(kind), error: Int32(error), start: start, end: end, text: text, committed: committed,
                    json: json)
                withUnsafePointer(to: event) { function($0, context) }
            }
        }
    }
}

// Proof: the header says that the function is called from another thread; the context is only handed back to it.
extension EventCallback: @unchecked Sendable {}
