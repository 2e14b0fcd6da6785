import HTTPTypes
import Testing

@testable import GigaSTTServer

@Suite struct EphemeralKeysTests {
    private static func entry(_ expiry: Double) -> EphemeralKeys.Entry {
        EphemeralKeys.Entry(holderName: "page", expiry: expiry, session: RealtimeSessionUpdate())
    }

    @Test func keysExpire() throws {
        let keys = EphemeralKeys()
        let key = try #require(keys.mint(Self.entry(10), now: 0))
        #expect(key.hasPrefix("ek_") && key.utf8.count == 67)
        for fields: [String: String] in [
            ["authorization": "Bearer \(key)"], ["sec-websocket-protocol": "realtime, openai-insecure-api-key.\(key)"],
        ] {
            var headers = HTTPFields()
            for (name, value) in fields { headers[try #require(HTTPField.Name(name))] = value }
            #expect(keys.entry(in: headers, now: 9.9)?.holderName == "page")
            #expect(keys.entry(in: headers, now: 10) == nil)
        }
        #expect(keys.entry(in: [.authorization: "Bearer ek_" + String(repeating: "0", count: 64)], now: 0) == nil)
        #expect(keys.entry(in: [:], now: 0) == nil)
    }

    @Test func thereAreOnlySoMany() {
        let keys = EphemeralKeys()
        for _ in 0..<EphemeralKeys.countLimit { #expect(keys.mint(Self.entry(10), now: 0) != nil) }
        #expect(keys.mint(Self.entry(20), now: 5) == nil)
        #expect(keys.mint(Self.entry(20), now: 10) != nil)
    }
}
