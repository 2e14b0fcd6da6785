import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct PolicyTests {
    @Test(arguments: [
        ("127.0.0.1", true), ("127.0.0.2", true), ("127.255.255.255", true), ("localhost", true), (" LOCALHOST ", true),
        ("::1", true), ("[::1]", true), ("0000::1", true), ("0:0:0:0:0:0:0:1", true), ("[0:0::0:1]", true),
        ("::0.0.0.1", true), ("::ffff:127.0.0.1", false), ("::ffff:7f00:1", false), ("::2", false), ("1::1", false),
        ("::1:80", false), ("::g", false), ("0.0.0.0", false), ("::", false), ("192.168.1.1", false),
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
        ("null", .denied), ("NULL", .denied), ("", .denied), ("http://évil", .denied),
        ("HTTPS://APP.EXAMPLE.COM", .allowed(as: "HTTPS://APP.EXAMPLE.COM")),
        ("https://app.example.com:8443", .denied),
    ])
    func originsAreJudged(origin: String?, verdict: OriginPolicy.Verdict) {
        var policy = OriginPolicy()
        policy.allowed = ["https://app.example.com"]
        #expect(policy.verdict(on: origin, host: nil, own: Self.hosts) == verdict)
    }

    @Test(arguments: [
        ("http://192.168.1.5:9876", "192.168.1.5:9876", true), ("https://192.168.1.5", "192.168.1.5", true),
        ("http://[FE80::1]:80", "[fe80::1]:80", true), ("http://192.168.1.5:9876", "192.168.1.5:9877", false),
        ("http://192.168.1.6:9876", "192.168.1.5:9876", false), ("ftp://192.168.1.5", "192.168.1.5", false),
        ("http://box:9876", "box:9876", true), ("http://BOX.local", "box.local", true),
        ("https://box.example.org", "box.example.org", true), ("https://listed.example", "listed.example", true),
        ("http://other.local", "other.local", false), ("http://test", "test", false),
        // Any site can let its name point here.
        ("http://evil.example:9876", "evil.example:9876", false), ("http://1.2.3", "1.2.3", false),
        ("http://1.2.3.4.example", "1.2.3.4.example", false), ("http://1.2.3.256", "1.2.3.256", false),
        ("http://192.168.1.5", nil, false), ("http://", "", false),
    ])
    func ownPageIsAdmittedByAddressAndOwnNames(origin: String, host: String?, isAllowed: Bool) {
        let expected: OriginPolicy.Verdict = isAllowed ? .allowed(as: origin) : .denied
        #expect(OriginPolicy().verdict(on: origin, host: host, own: Self.hosts) == expected)
    }

    /// Names of a machine `box.example.org`, bound to loopback.
    static let hosts = hosts { $0.allowedHosts = ["Listed.Example"] }

    static func hosts(boundTo address: String = "127.0.0.1", _ adjust: (inout ServerSettings) -> Void) -> HostPolicy {
        var settings = ServerSettings()
        adjust(&settings)
        return HostPolicy(settings, boundTo: address, machineName: "box.example.org")
    }

    @Test(arguments: [
        (String?.none, true), ("", true), ("127.0.0.1:9876", true), ("[::1]:9876", true), ("192.168.1.5", true),
        ("localhost:1", true), ("LOCALHOST", true), ("app.localhost", true), ("box", true), ("box.local:80", true),
        ("box.example.org", true), ("box.example.org.", true), ("listed.example:8443", true), ("gigastt:9876", true),
        ("evil.example", false), ("evil.example:9876", false), ("box.evil.example", false),
        ("1.2.3.4.evil.example", false),
        ("1.2.3", false), ("1.2.3.256", false), ("127.0.0.1.evil.example", false), ("localhost.evil.example", false),
        ("sub.listed.example", false), ("other.local", false),
    ])
    func hostsOfOthersAreRefused(host: String?, isAdmitted: Bool) {
        #expect(Self.hosts.admits(host) == isAdmitted)
    }

    @Test func hostsAreFreeWhereEveryMachineReachesTheServerUnlessTheyAreListed() throws {
        #expect(Self.hosts(boundTo: "0.0.0.0") { _ in }.admits("evil.example"))
        #expect(!Self.hosts(boundTo: "0.0.0.0") { $0.allowedHosts = ["a.example"] }.admits("evil.example"))
        let url = try #require(PublicURL("https://speech.example.org/stt/"))
        let proxied = Self.hosts { $0.publicURL = url }
        #expect(proxied.admits("speech.example.org") && !proxied.admits("evil.example"))
        #expect(Self.hosts(boundTo: "0.0.0.0") { $0.publicURL = url }.admits("evil.example"))
    }

    @Test(arguments: [
        ("https://speech.example.org", "https://speech.example.org"),
        ("HTTPS://Speech.Example.org:443/x/", "https://speech.example.org"),
        ("http://box.lan:8080", "http://box.lan:8080"), ("https://[::1]:443", "https://[::1]"),
        ("https://a:80", "https://a:80"),
        ("speech.example.org", nil), ("ftp://a", nil), ("https://", nil), ("https://u@a", nil), ("https://a?b", nil),
        ("https://a#b", nil), ("", nil), ("https://a b", nil),
    ])
    func publicURLHasAnOriginAsBrowsersWriteIt(text: String, origin: String?) {
        #expect(PublicURL(text)?.origin == origin)
    }

    @Test func nullIsNoOriginToAllow() throws {
        var policy = OriginPolicy()
        try policy.check()
        policy.allowed = ["https://a.example", "Null"]
        let error = #expect(throws: ServerError.self) { try policy.check() }
        #expect(error?.code == .settingInvalid && error?.message.hasPrefix("--allow-origin null: ") == true)
    }

    /// Serialisation of origins by RFC 6454, section 6.2; browsers send nothing else.
    @Test(
        arguments: [
            ("https://app.example.org", "https://app.example.org"),
            ("HTTPS://App.Example.org/", "https://app.example.org"),
            ("https://app.example.org:443", "https://app.example.org"),
            ("http://app.example.org:80/", "http://app.example.org"),
            ("http://app.example.org:443", "http://app.example.org:443"), ("app://name", "app://name"),
            ("chrome-extension://abcdef", "chrome-extension://abcdef"), ("http://[::1]:8080", "http://[::1]:8080"),
            ("*", nil), ("https://*.example.org", nil), ("app.example.org", nil), ("https://app.example.org/page", nil),
            (" null", nil), ("", nil), ("https://", nil), ("https://a b", nil), ("https://a?x", nil),
            ("https://a#x", nil),
            ("https://u@a", nil), ("https://a/ ", nil), ("https://a//", nil), ("app://*", nil),
        ] as [(String, String?)])
    func anOriginToAllowIsOneThatBrowsersSend(text: String, origin: String?) throws {
        var settings = ServerSettings()
        settings.origins.allowed = [text]
        if let origin {
            try settings.check()
            #expect(settings.allOrigins.verdict(on: origin, host: nil, own: Self.hosts) == .allowed(as: origin))
        } else {
            let error = #expect(throws: ServerError.self) { try settings.check() }
            #expect(error?.code == .settingInvalid && error?.message.contains("--cors-allow-any") == true)
        }
    }

    @Test(
        arguments: [
            ("stt.example.org", "stt.example.org"), ("STT.Example.org.", "stt.example.org"),
            ("stt.example.org:9876", "stt.example.org:1"), ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
            ("a_b.example", "a_b.example"),
            ("https://stt.example.org", nil), ("stt.example.org/", nil), ("*.example.org", nil), ("*", nil), ("", nil),
            (" stt.example.org", nil), ("u@stt.example.org", nil), ("a?b", nil),
        ] as [(String, String?)])
    func aHostToAllowIsOneThatRequestsName(text: String, host: String?) throws {
        var settings = ServerSettings()
        settings.allowedHosts = [text]
        if let host {
            try settings.check()
            #expect(HostPolicy(settings, boundTo: "127.0.0.1", machineName: "").admits(host))
        } else {
            let error = #expect(throws: ServerError.self) { try settings.check() }
            #expect(error?.code == .settingInvalid && error?.message.hasPrefix("--allow-host '\(text)'") == true)
        }
    }

    @Test func anyMeansAnyButNull() {
        var policy = OriginPolicy()
        policy.allowsAny = true
        #expect(policy.verdict(on: "https://evil.example", host: nil, own: Self.hosts) == .allowed(as: "*"))
        #expect(policy.verdict(on: "null", host: nil, own: Self.hosts) == .denied)
        #expect(policy.verdict(on: nil, host: nil, own: Self.hosts) == .noOrigin)
    }

    @Test func settingsAreMovedIntoTheirRange() {
        var settings = ServerSettings()
        settings.drainTimeout = .zero
        settings.connectionLimit = 0
        settings.session.messageByteLimit = 0
        settings.session.idleTimeout = .seconds(-1)
        settings.session.maximumDuration = .seconds(5)
        settings.jobs.partDuration = .seconds(1)
        let (adjusted, warnings) = settings.clamped()
        #expect(adjusted.drainTimeout == .seconds(1) && adjusted.connectionLimit == 1)
        #expect(adjusted.session.messageByteLimit == 125 && adjusted.session.idleTimeout == .zero)
        #expect(adjusted.jobs.partDuration == .seconds(5))
        #expect(warnings.count == 5)
        settings = adjusted
        settings.jobs.partDuration = .zero
        #expect(settings.clamped().settings == settings)
        #expect(ServerSettings().clamped().warnings == [])
        #expect(adjusted.clamped().settings == adjusted)
    }

    /// Connections, uploads, recordings as wanted and as they fit beside 64 files of the process and 64 of the listener.
    @Test(arguments: [
        ([10_000, 256, 32], 20_000, false, [10_000, 256, 32]), ([10_000, 256, 32], 1_024, false, [608, 256, 32]),
        ([500, 256, 32], 1_024, true, [500, 256, 32]), ([10_000, 256, 32], 1_024, true, [544, 256, 32]),
        ([10_000, 256, 32], 512, false, [224, 128, 32]), ([10_000, 0, 0], 256, false, [96, 48, 16]),
        ([10_000, 256, 32], 64, true, [16, 1, 1]), ([8, 1, 1], 64, false, [8, 1, 1]),
        ([10_000, 0, 0], Int.max, false, [10_000, 0, 0]),
    ])
    func placesFitTheOpenFiles(wanted: [Int], openFiles: Int, hasMetrics: Bool, expected: [Int]) {
        var settings = ServerSettings()
        settings.metrics = hasMetrics ? ListenAddress("127.0.0.1:0") : nil
        settings.connectionLimit = wanted[0]
        settings.budget.uploads.total = wanted[1]
        settings.budget.recordings.total = wanted[2]
        let (adjusted, warnings) = settings.clamped(openFiles: openFiles)
        let places = [adjusted.connectionLimit, adjusted.budget.uploads.total, adjusted.budget.recordings.total]
        #expect(places == expected)
        #expect(warnings.count == (expected == wanted ? 0 : 1))
        // 20 of the process itself (counted); an upload has one file, a recording with two channels three.
        let count = 20 + (hasMetrics ? MetricsListener.connectionLimit : 0) + places[0] + places[1] + 3 * places[2]
        #expect(openFiles < 128 || count <= openFiles)
    }

    @Test func shortSessionsAreWarnedOf() {
        var settings = ServerSettings()
        settings.session.maximumDuration = .seconds(10)
        #expect(settings.clamped().warnings.count == 1 && settings.clamped().settings == settings)
    }
}
