import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct PolicyTests {
    @Test(arguments: [
        ("127.0.0.1", true), ("127.0.0.2", true), ("127.255.255.255", true), ("localhost", true), (" LOCALHOST ", true),
        ("::1", true), ("[::1]", true), ("0.0.0.0", false), ("::", false), ("192.168.1.1", false),
        ("127.0.0.1.evil.com", false), ("127.0.0", false), ("127.0.0.256", false), ("127.0.0.+1", false), ("", false),
        ("localhost.evil.com", false),
    ])
    func loopbackIsTold(host: String, isLoopback: Bool) {
        #expect(BindPolicy.isLoopback(host) == isLoopback)
    }

    @Test func othersNeedConsent() throws {
        try BindPolicy.check("127.0.0.1", consent: false)
        try BindPolicy.check("0.0.0.0", consent: true)
        let error = #expect(throws: ServerError.self) { try BindPolicy.check("0.0.0.0", consent: false) }
        #expect(error?.code == .bindRefused)
        #expect(error?.message.hasPrefix("refusing to bind to '0.0.0.0': non-loopback addresses require") == true)
        #expect(error?.message.contains("--bind-all") == true)
        #expect(error?.message.contains("GIGASTT_ALLOW_BIND_ANY") == true)
    }

    @Test(arguments: [
        ("1", true), ("true", true), ("TRUE", true), ("yes", true), ("YES", true), (" yes ", true), ("on", false),
        ("True", false), ("0", false), ("", false),
    ])
    func consentHasItsWords(variable: String, consents: Bool) {
        #expect(BindPolicy.consents(variable) == consents)
    }

    @Test(arguments: [
        (String?.none, OriginPolicy.Verdict.noOrigin), ("http://localhost", .allowed(as: "http://localhost")),
        ("http://localhost:3000", .allowed(as: "http://localhost:3000")),
        ("http://127.0.0.1", .allowed(as: "http://127.0.0.1")),
        ("https://localhost", .allowed(as: "https://localhost")),
        ("http://[::1]:8080", .allowed(as: "http://[::1]:8080")),
        ("HTTP://LOCALHOST", .allowed(as: "HTTP://LOCALHOST")), ("http://localhost.evil.com", .denied),
        ("http://127.0.0.1.evil.com", .denied), ("http://127.0.0.2", .denied), ("ftp://localhost", .denied),
        ("null", .denied), ("NULL", .denied), ("", .denied), ("http://évil", .noOrigin),
        ("HTTPS://APP.EXAMPLE.COM", .allowed(as: "HTTPS://APP.EXAMPLE.COM")),
        ("https://app.example.com:8443", .denied),
    ])
    func originsAreJudged(origin: String?, verdict: OriginPolicy.Verdict) {
        var policy = OriginPolicy()
        policy.allowed = ["https://app.example.com"]
        #expect(policy.verdict(on: origin) == verdict)
    }

    @Test(arguments: [
        ("http://192.168.1.5:9876", "192.168.1.5:9876", true), ("https://192.168.1.5", "192.168.1.5", true),
        ("http://[FE80::1]:80", "[fe80::1]:80", true), ("http://192.168.1.5:9876", "192.168.1.5:9877", false),
        ("http://192.168.1.6:9876", "192.168.1.5:9876", false), ("ftp://192.168.1.5", "192.168.1.5", false),
        // A name may point here because somebody else wants it to.
        ("http://evil.example:9876", "evil.example:9876", false), ("http://1.2.3", "1.2.3", false),
        ("http://1.2.3.4.example", "1.2.3.4.example", false), ("http://1.2.3.256", "1.2.3.256", false),
        ("http://192.168.1.5", nil, false), ("http://", "", false),
    ])
    func ownPageIsLetInByNumberOnly(origin: String, host: String?, isAllowed: Bool) {
        let expected: OriginPolicy.Verdict = isAllowed ? .allowed(as: origin) : .denied
        #expect(OriginPolicy().verdict(on: origin, host: host) == expected)
    }

    @Test func anyMeansAnyButNull() {
        var policy = OriginPolicy()
        policy.allowsAny = true
        #expect(policy.verdict(on: "https://evil.example") == .allowed(as: "*"))
        #expect(policy.verdict(on: "null") == .denied)
        #expect(policy.verdict(on: nil) == .noOrigin)
    }

    @Test func settingsAreMovedIntoTheirRange() {
        var settings = ServerSettings()
        settings.drain = .zero
        settings.connectionLimit = 0
        settings.session.messageByteLimit = 0
        settings.session.idleTimeout = .seconds(-1)
        settings.session.lengthLimit = .seconds(5)
        let (adjusted, warnings) = settings.adjusted()
        #expect(adjusted.drain == .seconds(1) && adjusted.connectionLimit == 1)
        #expect(adjusted.session.messageByteLimit == 125 && adjusted.session.idleTimeout == .zero)
        #expect(warnings.count == 4)
        #expect(ServerSettings().adjusted().warnings == [])
        #expect(adjusted.adjusted().settings == adjusted)
    }

    @Test(arguments: [
        (10_000, 20_000, 32, 10_000), (10_000, 1_024, 32, 896), (500, 1_024, 32, 500), (10_000, 64, 32, 16),
        (10_000, Int.max, 10_000, 10_000), (8, 64, 10_000, 8),
    ])
    func connectionsFitTheOpenFiles(wanted: Int, openFiles: Int, uploads: Int, expected: Int) {
        #expect(OpenFileLimit.connections(wanted, openFiles: openFiles, uploads: uploads) == expected)
        var settings = ServerSettings()
        settings.connectionLimit = wanted
        settings.uploadLimit = uploads
        let (adjusted, warnings) = settings.adjusted(openFiles: openFiles)
        #expect(adjusted.connectionLimit == expected && warnings.isEmpty == (wanted == expected))
    }

    @Test func shortSessionsAreWarnedOf() {
        var settings = ServerSettings()
        settings.session.lengthLimit = .seconds(10)
        #expect(settings.adjusted().warnings.count == 1 && settings.adjusted().settings == settings)
    }
}
