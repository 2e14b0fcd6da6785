import HTTPTypes
import Testing

@testable import GigaSTTServer

@Suite struct APIKeyAuthenticatorTests {
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
        #expect(APIKeyCredentials(fields).holder(in: Self.keys)?.name == item.name)
    }

    /// The values were written by Python's base64 module.
    @Test(
        arguments: [
            // `x:` and the first key; a colon in the password; no colon; no base64.
            (["Basic eDpmaXJzdC1rZXktMDEyMzQ1Njc4OQ=="], "one"), (["basic  Omtleg=="], nil),
            (["Basic Zmlyc3Qta2V5LTAxMjM0NTY3ODk="], nil), (["Basic ***"], nil), (["Basic"], nil),
            (["Basic eDpmaXJzdC1rZXktMDEyMzQ1Njc4OQ==", "Basic eDp5"], nil),
            // Another key goes before the password, which is for a proxy.
            (["Basic eDp5", "Bearer \(first)"], "one"),
        ] as [([String], String?)])
    func passwordsAreKeysWhereTheRouteTakesThem(values: [String], name: String?) {
        var fields = HTTPFields()
        for value in values { fields.append(HTTPField(name: .authorization, value: value)) }
        #expect(APIKeyCredentials(fields, takingPasswords: true).holder(in: Self.keys)?.name == name)
        #expect(APIKeyCredentials(fields).holder(in: Self.keys)?.name == (values.count == 2 ? name : nil))
    }

    @Test func rolesAreSeparate() throws {
        let authenticator = APIKeyAuthenticator(Self.keys)
        let (one, two): (HTTPFields, HTTPFields) = ([.apiKey: Self.first], [.apiKey: Self.second])
        #expect(try authenticator.authenticate(one, as: .transcribe)?.name == "one")
        #expect(try authenticator.authenticate(two, as: .metrics)?.name == "two")
        for (fields, role) in [(one, APIKeyRoles.admin), (one, .metrics), (two, .transcribe)] {
            let failure = #expect(throws: HTTPFailure.self) { try authenticator.authenticate(fields, as: role) }
            #expect(failure?.status == .forbidden && failure?.code == "forbidden")
        }
        let failure = #expect(throws: HTTPFailure.self) { try authenticator.authenticate([:], as: .metrics) }
        #expect(failure?.status == .unauthorized && failure?.code == "unauthorized")
        #expect(failure?.fields[.wwwAuthenticate] == "Bearer")
    }

    @Test func withoutKeysEverybodyIsLetIn() throws {
        let authenticator = APIKeyAuthenticator(nil)
        #expect(try authenticator.isOpen && authenticator.authenticate([:], as: .admin) == nil)
        #expect(try authenticator.authenticate([.apiKey: "wrong"], as: .metrics) == nil)
        authenticator.replace(Self.keys)
        #expect(!authenticator.isOpen)
        #expect(throws: HTTPFailure.self) { try authenticator.authenticate([:], as: .transcribe) }
    }
}
