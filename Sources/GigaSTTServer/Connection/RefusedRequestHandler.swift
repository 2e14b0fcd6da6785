import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import STTValues

/// Fills the bare 400 by which Hummingbird answers what is no HTTP: an identifier, the body of a failure, a line in the log.
///
/// Such a request never reaches the middleware. Its answer is known by the missing identifier, which all others have.
final class RefusedRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let logger: Logger
    private let metrics: ServerMetrics
    private var hasFailed = false

    init(logger: Logger, metrics: ServerMetrics) { (self.logger, self.metrics) = (logger, metrics) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError { hasFailed = true }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard hasFailed, case .head(var head) = unwrapOutboundIn(data), head.status == .badRequest,
            !head.headers.contains(name: "x-request-id")
        else { return context.write(data, promise: promise) }
        hasFailed = false
        let failure = HTTPFailure.notHTTP
        let body = ByteBuffer(string: FailureFormat.own.body(failure, for: [:]).description)
        let id = RequestID(nil).description
        head.headers.replaceOrAdd(name: "content-length", value: "\(body.readableBytes)")
        head.headers.replaceOrAdd(name: "content-type", value: "application/json")
        head.headers.replaceOrAdd(name: "x-content-type-options", value: "nosniff")
        head.headers.replaceOrAdd(name: "x-request-id", value: id)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        metrics.failed(code: failure.code)
        var facts: Logger.Metadata = ["request_id": "\(id)", "status": "400", "code": "\(failure.code)"]
        facts.add(RequestClient(peer: context.channel.remoteAddress))
        logger.info("request refused", metadata: facts)
    }
}

extension HTTPFailure {
    fileprivate static let notHTTP = HTTPFailure(
        .badRequest, code: "invalid_request", "The request does not follow HTTP/1.1")
}
