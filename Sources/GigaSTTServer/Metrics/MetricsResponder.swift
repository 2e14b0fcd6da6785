import HTTPTypes
import Hummingbird
import NIOCore

/// Answers on the port of the metrics: `GET /metrics` and nothing else.
struct MetricsResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let registry: MetricsRegistry
    /// Who may read them.
    let access: AccessGate

    func respond(to request: Request, context: BasicRequestContext) async -> Response {
        guard request.uri.path == "/metrics" else { return Response(status: .notFound) }
        guard request.method == .get || request.method == .head else {
            return Response(status: .methodNotAllowed, headers: [.allow: "GET, HEAD"])
        }
        do {
            _ = try access.admit(request.headers, as: .metrics)
        } catch {
            return error.response
        }
        let text = PrometheusText.render(registry.families)
        let response = Response(
            status: .ok, headers: [.contentType: PrometheusText.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        return request.method == .head ? response.createHeadResponse() : response
    }
}
