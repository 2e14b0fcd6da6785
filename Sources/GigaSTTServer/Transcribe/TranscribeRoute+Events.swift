import AsyncAlgorithms
import GigaSTT
import HTTPTypes
import Hummingbird
import NIOCore

extension TranscribeRoute {
    /// Silence on the wire after which a comment is sent, so that proxies keep the connection.
    private static let keepAlive = Duration.seconds(15)

    private enum Item: Sendable {
        case segment(Segment)
        case keepAlive
        case end
    }

    /// The utterances as they are decided, each as an event.
    ///
    /// A recording that cannot be read is refused before the stream begins. When the client leaves, the work ends
    /// within one window.
    func events(_ request: Request, _ context: ConnectionContext) async throws -> Response {
        let recognizer = try loaded()
        let slot = try slots.take()
        let upload = try await Upload.read(request, byteLimit: settings.bodyByteLimit, pace: settings.uploadPace)
        let source = upload.source(nil)
        do {
            var probe = MediaFile(source).makeAsyncIterator()
            _ = try await probe.next()
        } catch let error as MediaError {
            throw HTTPFailure(WireFailure(GigaSTTError(.audioUnreadable, error.message), on: .events))
        }
        let departure = try await context.departure()
        let items = merge(
            chain(
                recognizer.segments(of: source, options: options).map { Item.segment($0) }, [Item.end].async),
            AsyncTimerSequence.repeating(every: Self.keepAlive).map { _ in Item.keepAlive },
            departure.map { Item.end })
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: ResponseBody { writer in
                var end = 0.0
                defer { metrics.recorded(end, source: .events) }
                try await write(items, to: &writer) { end = $0 }
                try await writer.finish(nil)
                // Both are let go of only when the last event is out.
                withExtendedLifetime((slot, upload)) {}
            })
    }

    /// Tells `note` up to which second the recording has been recognised.
    private func write<Items: AsyncSequence & Sendable>(
        _ items: Items, to writer: inout any ResponseBodyWriter, note: (Double) -> Void
    ) async throws where Items.Element == Item {
        do {
            for try await item in items {
                switch item {
                case .segment(let segment):
                    note(segment.end)
                    if segment.words.isEmpty { continue }
                    try await writer.write(Self.event(WireTranscript.event(segment, at: UnixTime.now)))
                case .keepAlive: try await writer.write(ByteBuffer(string: ":\n\n"))
                case .end: return
                }
            }
        } catch let error as GigaSTTError where error.code != .shuttingDown {
            let failure = WireFailure(error, on: .events)
            metrics.failed(code: failure.code)
            try await writer.write(Self.event(WireTranscript.event(failure)))
        } catch is GigaSTTError {
            // A server that stops ends its streams without a word (gigastt contract).
        }
    }

    private static func event(_ json: String) -> ByteBuffer { ByteBuffer(string: "data: \(json)\n\n") }
}
