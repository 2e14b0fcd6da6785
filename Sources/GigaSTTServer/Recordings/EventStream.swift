import AsyncAlgorithms
import GigaSTT
import HTTPTypes
import Hummingbird
import NIOCore

/// The utterances of a recording as server-sent events, each as it is decided.
///
/// A recording that cannot be read or that gets no worker is refused before the stream begins. When the client leaves,
/// the work ends within one window.
struct EventStream: Sendable {
    /// Silence on the wire after which a comment is sent, so that proxies keep the connection.
    static let keepAlive = Duration.seconds(15)

    fileprivate enum Item: Sendable {
        case event(LiveEvent)
        case speakers(Transcript)
        case end([MediaNote])
        case keepAlive
        /// The first utterance takes long: the answer begins without it.
        case headerDue
        case disconnected
        case drained
    }

    private let recording: OpenRecording
    private let settings: ServerSettings
    private let metrics: ServerMetrics
    private let source: ServerMetrics.AudioSource
    private let silence: SilenceClock
    private let items: ItemReader

    init(
        _ recording: OpenRecording, disconnect: AsyncStream<Void>, settings: ServerSettings, metrics: ServerMetrics,
        source: ServerMetrics.AudioSource, keepAlive: Duration = keepAlive
    ) {
        let silence = SilenceClock(limit: keepAlive)
        self.recording = recording
        self.settings = settings
        self.metrics = metrics
        self.source = source
        self.silence = silence
        let drain = settings.drainTimeout
        // As long as a recording may wait for its first worker, and a moment more.
        let headerLimit = settings.queueTimeout + .seconds(1)
        items = ItemReader(
            merge(
                RecordingItems(segments: recording.segments),
                merge(
                    AsyncStream { (try? await silence.waitForSilence()).map { Item.keepAlive } },
                    disconnect.map { Item.disconnected }),
                merge(
                    Self.once(.headerDue) { try await Task.sleep(for: headerLimit) },
                    Self.once(.drained) { try await ServerDrain.waitForWorkLimit(drain) })))
    }

    /// One item when `wait` returns; none when it throws.
    private static func once(
        _ item: Item, _ wait: @escaping @Sendable () async throws -> Void
    ) -> some AsyncSequence<Item, Never> & Sendable {
        [wait].async.compactMap { wait in (try? await wait()).map { item } }
    }

    /// Waits for the first utterance and begins the answer.
    ///
    /// Throws `GigaSTTError`, `HTTPFailure` with code `cancelled` at the end of the drain time, and
    /// `CancellationError` when the client has left.
    func response(in format: some EventStreamFormat) async throws -> Response {
        try await recording.validate()
        let first = try await firstItem()
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-cache", .accelBuffering: "no"],
            body: ResponseBody { writer in
                var end = 0.0
                defer { metrics.recorded(end, source: source) }
                try await write(first, in: format, to: &writer) { end = $0 }
                try await writer.finish(nil)
                // The place and the audio are given back only when the last event is out.
                withExtendedLifetime(recording) {}
            })
    }

    private func firstItem() async throws -> Item? {
        while let item = try await items.next() {
            switch item {
            case .event, .speakers, .end: return item
            case .headerDue: return nil
            case .keepAlive: continue
            case .disconnected: throw CancellationError()
            case .drained: throw HTTPFailure.cancelled
            }
        }
        return .end([])
    }

    /// Reports to `note` up to which second the recording has been recognised.
    private func write(
        _ first: Item?, in format: some EventStreamFormat, to writer: inout any ResponseBodyWriter,
        note: (Double) -> Void
    ) async throws {
        var format = format
        do {
            var next = first
            while true {
                switch next {
                case .event(.final(let segment)):
                    note(segment.end)
                    try await write(format.texts(for: segment), to: &writer)
                case .event(.partial(let partial)): try await write(format.texts(for: partial), to: &writer)
                case .keepAlive: try await writer.write(ByteBuffer(string: ":\n\n"))
                case .speakers(let transcript): try await write(format.texts(forSpeakersOf: transcript), to: &writer)
                case .end(let notes): return try await write(format.closingTexts(notes), to: &writer)
                case .drained: return try await write(format.texts(for: .cancelled), to: &writer)
                case .disconnected: throw CancellationError()
                case .headerDue, .event, nil: break
                }
                next = try await items.next()
            }
        } catch let error as GigaSTTError {
            let failure = HTTPFailure(WireFailure(error, on: .events))
            metrics.failed(code: failure.code)
            try await write(format.texts(for: failure), to: &writer)
        }
    }

    private func write(_ texts: [String], to writer: inout any ResponseBodyWriter) async throws {
        if texts.isEmpty { return }
        try await writer.write(ByteBuffer(string: texts.map { "data: \($0)\n\n" }.joined()))
        silence.note()
    }
}

/// The events of a recording, who said what in it where that is asked for, and its end.
private struct RecordingItems: AsyncSequence, Sendable {
    let segments: TranscriptSegments

    func makeAsyncIterator() -> Iterator { Iterator(segments: segments.makeAsyncIterator()) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var segments: TranscriptSegments.Iterator
        private var hasEnded = false
        /// The finals, where their speakers are to be found.
        private var finals = PackedSegments()
        private var wantsSpeakers: Bool

        fileprivate init(segments: TranscriptSegments.Iterator) {
            self.segments = segments
            wantsSpeakers = segments.wantsSpeakers
        }

        mutating func next() async throws -> EventStream.Item? {
            if hasEnded { return nil }
            if let event = try await segments.nextEvent() {
                if wantsSpeakers, case .final(let segment) = event { finals.append(segment) }
                return .event(event)
            }
            if wantsSpeakers {
                wantsSpeakers = false
                _ = try await segments.label(&finals)
                return .speakers(segments.transcript(finals))
            }
            hasEnded = true
            return .end(try await segments.notes())
        }
    }
}

/// Hands out items first to the request's handler and then to the body of its answer.
private actor ItemReader {
    private var iterator: any AsyncIteratorProtocol<EventStream.Item, any Error>

    init(_ items: some AsyncSequence<EventStream.Item, any Error> & Sendable) { iterator = items.makeAsyncIterator() }

    func next() async throws -> EventStream.Item? {
        var iterator = iterator
        defer { self.iterator = iterator }
        return try await iterator.next(isolation: self)
    }
}
