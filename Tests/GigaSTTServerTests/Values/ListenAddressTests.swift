import Testing

@testable import GigaSTTServer

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:9090", "127.0.0.1", 9_090), ("[::1]:0", "::1", 0), ("localhost:65535", "localhost", 65_535),
        ("0.0.0.0:1", "0.0.0.0", 1), ("[::]:9090", "::", 9_090),
    ])
    func addressesAreReadAndWrittenTheSame(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.host == host && address.port == port && address.description == text)
        #expect(address.onPort(7)?.port == 7 && address.onPort(65_536) == nil && address.onPort(-1) == nil)
    }

    @Test(arguments: [
        "", ":9090", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "::1:9090",
        "[::1]", "[::1:9090", "a b:1", "127.0.0.1:9090/metrics", "127.0.0.1:９",
    ])
    func otherTextsAreRefused(text: String) { #expect(ListenAddress(text) == nil) }

    @Test func othersNeedConsentForTheMetricsToo() throws {
        var settings = ServerSettings()
        settings.port = 0
        settings.metrics = ListenAddress("0.0.0.0:0")
        let error = #expect(throws: ServerError.self) { _ = try server(settings) }
        #expect(error?.code == .bindRefused && error?.message.hasPrefix("refusing to bind to '0.0.0.0'") == true)
        // It is checked before the server's own address.
        settings.host = "192.0.2.1"
        let first = #expect(throws: ServerError.self) { _ = try server(settings) }
        #expect(first?.message.hasPrefix("refusing to bind to '0.0.0.0'") == true)
        settings.host = "127.0.0.1"
        settings.allowsNonLoopback = true
        _ = try server(settings)
    }

    private func server(_ settings: ServerSettings) throws -> Server {
        try Server(settings, handlesSignals: false, logger: .quiet) { try await RunningServer.recognizer(workers: 1) }
    }
}
