import GigaSTT
import HTTPTypes
import Testing

@testable import GigaSTTServer

/// The rows of the main port's table.
@Suite struct ServerRoutesTests {
    private static let table: RouteTable<RequestChain.Endpoint> = {
        let life = ServerState(ServerSettings(), notifier: nil, onListening: { _ in }, onReady: { _ in })
        let (inForce, metrics) = (CurrentSettings(ServerSettings()), ServerMetrics())
        let budget = Budget(BudgetLimits())
        return ServerRoutes(
            life: life, inForce: inForce, budget: budget, metrics: metrics,
            access: APIKeyAuthenticator(nil), load: { throw CancellationError() },
            live: LiveService(life: life, inForce: inForce, budget: budget, metrics: metrics) {
                try $0.liveStream(options: $1)
            },
            ephemeralKeys: EphemeralKeys()
        ).table
    }()

    @Test(arguments: [
        ("GET", "/", APIKeyRoles?.none), ("GET", "/health", nil), ("HEAD", "/ready", nil),
        ("GET", "/openapi.yaml", nil), ("OPTIONS", "/v1/ws", nil), ("OPTIONS", "/v1/admin/reload", nil),
        ("GET", "/v1/ws", .transcribe), ("POST", "/v1/transcribe", .transcribe), ("GET", "/v1/models", .transcribe),
        ("HEAD", "/v1/models", .transcribe), ("POST", "/v1/admin/reload", .admin), ("GET", "/v1/admin/", .admin),
        ("GET", "/v1/admin", .transcribe), ("GET", "/metrics", .transcribe), ("GET", "/health/", .transcribe),
        ("GET", "//health", .transcribe), ("GET", "", .transcribe), ("options", "/v1/ws", .transcribe),
    ])
    func pathsNeedTheirRole(method: String, path: String, role: APIKeyRoles?) throws {
        let method = try #require(HTTPRequest.Method(rawValue: method))
        #expect(Self.table.route(path).route.role(for: method) == role)
    }

    @Test(arguments: [
        // gigastt contract: operations, section 7.
        ("/v1/ws", "/v1/ws"), ("/v1/models", "/v1/models"), ("/v1/transcribe", "/v1/transcribe"),
        ("/v1/transcribe/stream", "/v1/transcribe/stream"), ("/v1/audio/transcriptions", "/v1/audio/transcriptions"),
        ("/v1/admin/reload", "/v1/admin/reload"), ("/health", "/health"), ("/ready", "/ready"),
        ("/v1/transcribe/", "other"), ("/v1/models/x", "other"), ("/v1/jobs/7", "other"), ("", "other"),
        ("/v1/audio/translations", "other"), ("/", "other"),
    ])
    func labelsComeFromAFixedList(path: String, label: String) {
        #expect(Self.table.route(path).route.metricLabel == label)
    }

    @Test(arguments: [
        ("/v1/models/x", "x"), ("/v1/models/%D1%8F", "я"), ("/v1/models", nil), ("/v1/models/", nil),
        ("/v1/models/x/y", nil), ("/x", nil), ("", nil),
    ])
    func modelIsAParameterOfThePath(path: String, name: String?) {
        #expect(Self.table.route(path).parameters["id"] == name)
    }

    @Test(
        arguments: [
            ("/v1/audio/transcriptions", [:], true), ("/v1/audio/translations", [:], true), ("/v1/models/x", [:], true),
            ("/v1/models", [.authorization: "Bearer x"], true), ("/v1/models", [.apiKey: "x"], false),
            ("/v1/transcribe", [.authorization: "Bearer x"], false), ("/nope", [:], false),
        ] as [(String, HTTPFields, Bool)])
    func failuresAreWrittenForTheClientsOfTheRoute(path: String, fields: HTTPFields, isOpenAI: Bool) {
        let body = Self.table.route(path).route.failureFormat.body(.unauthorized, for: fields).description
        let own = #"{"error":"A valid API key is required","code":"unauthorized"}"#
        let foreign =
            #"{"error":{"message":"A valid API key is required","type":"authentication_error","param":null,"#
            + #""code":"unauthorized"}}"#
        #expect(body == (isOpenAI ? foreign : own))
    }

    @Test func methodsBeyondThoseOfTheContractAreNamedToBrowsers() {
        var table = RouteTable<Int>()
        table.add(Route("/v1/jobs/{id}"), .get, 1)
        table.add(Route("/v1/jobs/{id}"), .delete, 2)
        #expect(table.route("/v1/jobs/7").route.corsMethods == "GET, POST, OPTIONS, DELETE")
        #expect(Self.table.route("/v1/models").route.corsMethods == "GET, POST, OPTIONS")
    }
}
