import HTTPTypes
import Testing

@testable import GigaSTTServer

@Suite struct AccessGateTests {
    static let first = "first-key-0123456789"
    static let second = "zweiter?key>0123456~"

    static let keys: APIKeys = {
        let lines = "one transcribe \(first)\ntwo admin,metrics \(second)\n"
        return (try? APIKeyFile.parse(Array(lines.utf8)))?.keys ?? APIKeys()
    }()

    struct Case: Sendable {
        let fields: [(String, String)]
        let name: String?

        init(_ name: String?, _ fields: (String, String)...) { (self.name, self.fields) = (name, fields) }
    }

    static let cases = [
        Case("one", ("Authorization", "Bearer \(first)")), Case("one", ("authorization", "bearer  \(first) ")),
        Case("two", ("X-API-Key", second)), Case(nil, ("X-API-Key", "Bearer \(first)")),
        // Written by Python's base64 module.
        Case("one", ("Sec-WebSocket-Protocol", "gigastt.v1, gigastt.key.Zmlyc3Qta2V5LTAxMjM0NTY3ODk=")),
        Case("one", ("Sec-WebSocket-Protocol", "gigastt.key.Zmlyc3Qta2V5LTAxMjM0NTY3ODk")),
        Case("one", ("Sec-WebSocket-Protocol", "gigastt.v1"), ("Sec-WebSocket-Protocol", "gigastt.key.\(first)")),
        Case("two", ("Sec-WebSocket-Protocol", "gigastt.key.endlaXRlcj9rZXk-MDEyMzQ1Nn4")),
        Case(nil, ("Sec-WebSocket-Protocol", "gigastt.key.\(first)x")), Case(nil, ("Sec-WebSocket-Protocol", first)),
        Case(nil, ("Sec-WebSocket-Protocol", "gigastt.key.")), Case(nil, ("Sec-WebSocket-Protocol", "GIGASTT.KEY.x")),
        Case(nil, ("Authorization", "Basic \(first)")), Case(nil, ("Authorization", first)),
        Case(nil, ("Authorization", "Bearer")), Case(nil, ("Authorization", "Bearer ")), Case(nil),
        Case(nil, ("Authorization", "Bearer \(first) \(first)")), Case(nil, ("Authorization", "Bearer ключ")),
        Case(nil, ("X-API-Key", "")), Case(nil, ("X-API-Key", String(repeating: "a", count: 70_000))),
        // A proxy's own password stands beside the key.
        Case("one", ("Authorization", "Basic dTpw"), ("X-API-Key", first)),
        Case("one", ("Authorization", "Bearer \(first)"), ("X-API-Key", first)),
        Case(nil, ("Authorization", "Bearer \(first)"), ("X-API-Key", second)),
        Case(nil, ("Authorization", "Bearer \(first)"), ("Authorization", "Bearer \(second)")),
        Case(nil, ("X-API-Key", "wrong-key-0123456789"), ("X-API-Key", first)),
        Case(nil, ("X-API-Key", "\(first), \(first)")),
        Case(
            nil, ("X-API-Key", first), ("X-API-Key", first), ("X-API-Key", first), ("X-API-Key", first),
            ("X-API-Key", first)),
    ]

    @Test(arguments: cases) func keysAreFoundWhereTheyAreShown(item: Case) {
        var fields = HTTPFields()
        for (name, value) in item.fields {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        #expect(PresentedKeys(fields).holder(in: Self.keys)?.name == item.name)
    }

    @Test func rolesAreSeparate() throws {
        let gate = AccessGate(Self.keys)
        let (one, two): (HTTPFields, HTTPFields) = ([.apiKey: Self.first], [.apiKey: Self.second])
        #expect(try gate.admit(one, as: .transcribe)?.name == "one")
        #expect(try gate.admit(two, as: .metrics)?.name == "two")
        for (fields, role) in [(one, APIKeyRoles.admin), (one, .metrics), (two, .transcribe)] {
            let failure = #expect(throws: HTTPFailure.self) { try gate.admit(fields, as: role) }
            #expect(failure?.status == .forbidden && failure?.code == "forbidden")
        }
        let failure = #expect(throws: HTTPFailure.self) { try gate.admit([:], as: .metrics) }
        #expect(failure?.status == .unauthorized && failure?.code == "unauthorized")
        #expect(failure?.fields[.wwwAuthenticate] == "Bearer")
    }

    @Test func withoutKeysEverybodyIsLetIn() throws {
        let gate = AccessGate(nil)
        #expect(try gate.isOpen && gate.admit([:], as: .admin) == nil)
        #expect(try gate.admit([.apiKey: "wrong"], as: .metrics) == nil)
        gate.replace(Self.keys)
        #expect(!gate.isOpen)
        #expect(throws: HTTPFailure.self) { try gate.admit([:], as: .transcribe) }
    }

    @Test(arguments: [
        ("GET", "/", APIKeyRoles?.none), ("GET", "/health", nil), ("HEAD", "/ready", nil),
        ("GET", "/openapi.yaml", nil),
        ("OPTIONS", "/v1/ws", nil), ("OPTIONS", "/v1/admin/reload", nil), ("GET", "/v1/ws", .transcribe),
        ("POST", "/v1/transcribe", .transcribe), ("GET", "/v1/models", .transcribe),
        ("HEAD", "/v1/models", .transcribe),
        ("POST", "/v1/admin/reload", .admin), ("GET", "/v1/admin/", .admin), ("GET", "/v1/admin", .transcribe),
        ("GET", "/metrics", .transcribe), ("GET", "/health/", .transcribe), ("GET", "//health", .transcribe),
        ("GET", "", .transcribe), ("options", "/v1/ws", .transcribe),
    ])
    func pathsNeedTheirRole(method: String, path: String, role: APIKeyRoles?) throws {
        let method = try #require(HTTPRequest.Method(rawValue: method))
        #expect(AccessRule.role(method, path) == role)
    }
}
