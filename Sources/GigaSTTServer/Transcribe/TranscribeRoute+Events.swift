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
        case disconnected
    }

    /// The utterances of the body as they are decided, each as an event. Query parameters are not looked at.
    func events(_ request: Request, _ context: ServerRequestContext) async throws -> Response {
        _ = try loaded()
        let settings = inForce.current
        let slot = try slots.take()
        let upload = try await Upload.read(request, byteLimit: settings.bodyByteLimit, pace: settings.uploadPace)
        return try await events(of: upload, in: FinalEvents(), as: .events, slot: slot, context)
    }

    /// The utterances of a recording as they are decided, in the words of a protocol.
    ///
    /// A recording that cannot be read is refused before the stream begins. When the client leaves, the work ends
    /// within one window.
    func events(
        of upload: Upload, in wording: some RecordingEvents, as kind: ServerMetrics.AudioSource,
        slot: UploadSlots.Slot, _ context: ServerRequestContext
    ) async throws -> Response {
        let recognizer = try loaded()
        let (source, options) = (upload.source(nil), inForce.current.transcription())
        do {
            try await recognizer.validate(source, options: options)
        } catch let error as GigaSTTError {
            throw HTTPFailure(WireFailure(error, on: .events))
        }
        let disconnection = try await context.clientDisconnected()
        let items = merge(
            chain(
                recognizer.segments(of: source, options: options).map { Item.segment($0) }, [Item.end].async),
            AsyncTimerSequence.repeating(every: Self.keepAlive).map { _ in Item.keepAlive },
            disconnection.map { Item.disconnected })
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: ResponseBody { writer in
                var end = 0.0
                defer { metrics.recorded(end, source: kind) }
                try await write(items, in: wording, to: &writer) { end = $0 }
                try await writer.finish(nil)
                // Both are let go of only when the last event is out.
                withExtendedLifetime((slot, upload)) {}
            })
    }

    /// Tells `note` up to which second the recording has been recognised.
    private func write<Items: AsyncSequence & Sendable>(
        _ items: Items, in wording: some RecordingEvents, to writer: inout any ResponseBodyWriter,
        note: (Double) -> Void
    ) async throws where Items.Element == Item {
        var wording = wording
        do {
            for try await item in items {
                switch item {
                case .segment(let segment):
                    note(segment.end)
                    try await write(wording.texts(for: segment), to: &writer)
                case .keepAlive: try await writer.write(ByteBuffer(string: ":\n\n"))
                case .end: return try await write(wording.lastTexts(), to: &writer)
                case .disconnected: return
                }
            }
        } catch let error as GigaSTTError {
            metrics.failed(code: WireFailure(error, on: .events).code)
            try await write(wording.texts(for: error), to: &writer)
        }
    }

    private func write(_ texts: [String], to writer: inout any ResponseBodyWriter) async throws {
        if texts.isEmpty { return }
        try await writer.write(ByteBuffer(string: texts.map { "data: \($0)\n\n" }.joined()))
    }
}
