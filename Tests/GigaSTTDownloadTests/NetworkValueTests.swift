import Foundation
import Testing

@testable import GigaSTTDownload

@Suite("Mirror")
struct MirrorTests {
    @Test(arguments: ["https://m.example/models", "https://m.example/models/"])
    func aMirrorIsACopyOfTheModelFolder(address: String) throws {
        let file = ModelFile(path: "vad/silero_vad.onnx", source: "https://x/y", sha256: "", size: .atMost(1))
        #expect(try Mirror(address).source(of: file) == "https://m.example/models/vad/silero_vad.onnx")
    }

    @Test(arguments: [
        "", "models", "/models", "ftp://m.example", "file:///m", "https://", "https://u@m.example",
        "https://m.example/?a=b", "https://m.example/#a", "http://m .example",
    ])
    func anythingElseIsRefused(address: String) {
        let error = #expect(throws: DownloadError.self) { try Mirror(address) }
        #expect(error?.code == .invalidSetting)
    }
}

@Suite("Proxies")
struct ProxyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var environment: [String: String]
        var url: String
        var host: String?
        var testDescription: String { "\(environment) \(url)" }
    }

    @Test(arguments: [
        Case(environment: [:], url: "https://a.example", host: nil),
        Case(environment: ["HTTPS_PROXY": "p:1"], url: "https://a.example", host: "p"),
        Case(environment: ["HTTPS_PROXY": "p:1"], url: "http://a.example", host: nil),
        Case(environment: ["HTTP_PROXY": "p:1"], url: "http://a.example", host: "p"),
        Case(environment: ["https_proxy": "q:1", "HTTPS_PROXY": "p:1"], url: "https://a.example", host: "q"),
        Case(environment: ["ALL_PROXY": "p:1"], url: "http://a.example", host: "p"),
        Case(environment: ["ALL_PROXY": "p:1", "HTTPS_PROXY": "q:1"], url: "https://a.example", host: "q"),
        Case(environment: ["HTTPS_PROXY": ""], url: "https://a.example", host: nil),
        Case(environment: ["ALL_PROXY": "p:1", "NO_PROXY": "*"], url: "https://a.example", host: nil),
        Case(environment: ["ALL_PROXY": "p:1", "NO_PROXY": "x, a.example"], url: "https://A.example", host: nil),
        Case(environment: ["ALL_PROXY": "p:1", "NO_PROXY": "example"], url: "https://a.example", host: nil),
        Case(environment: ["ALL_PROXY": "p:1", "NO_PROXY": ".example"], url: "https://a.example", host: nil),
        Case(environment: ["ALL_PROXY": "p:1", "NO_PROXY": "*.example"], url: "https://a.example", host: nil),
        Case(environment: ["ALL_PROXY": "p:1", "NO_PROXY": "ample"], url: "https://a.example", host: "p"),
        Case(environment: ["ALL_PROXY": "p:1", "NO_PROXY": "."], url: "https://a.example", host: "p"),
        Case(environment: ["ALL_PROXY": "p:1", "no_proxy": "a.example:443"], url: "https://a.example", host: nil),
        Case(environment: ["ALL_PROXY": "p:1", "no_proxy": "a.example:80"], url: "https://a.example", host: "p"),
        Case(environment: ["ALL_PROXY": "p:1", "no_proxy": "127.0.0.1"], url: "http://127.0.0.1:9", host: nil),
    ])
    func theEnvironmentSaysWhichProxyServesAHost(_ item: Case) throws {
        let url = try #require(URL(string: item.url))
        #expect(try ProxySettings(environment: item.environment).proxy(for: url)?.host == item.host)
    }

    @Test func addressesAreReadWithTheirParts() throws {
        let http = try ProxyServer("http://user:secret@p.example:3128")
        #expect(http.kind == .http && http.host == "p.example" && http.port == 3128)
        #expect(http.credentials == "user:secret")
        let socks = try ProxyServer("socks5://127.0.0.1")
        #expect(socks.kind == .socks5 && socks.port == 1080 && socks.credentials == nil)
        #expect(try ProxyServer("[::1]:8080").host == "::1")
        #expect(try ProxyServer("p").port == 80)
    }

    @Test(arguments: ["https://p:1", "http://", "ftp://p", "socks5://user@p", "p:0", "p:65536", "p:x"])
    func anythingElseIsRefusedWithoutRepeatingIt(address: String) {
        let error = #expect(throws: DownloadError.self) { try ProxyServer(address) }
        #expect(error?.code == .invalidSetting)
        #expect(error?.debugDescription.contains("\(address) ") == false)
    }
}

@Suite("Configuration")
struct ConfigurationTests {
    @Test(arguments: [
        (nil, false, false), ("", false, false), ("0", false, false), ("1", false, true), ("no", false, true),
        ("00", false, true), (nil, true, true), ("0", true, true),
    ])
    func offlineIsOnWhenAskedForOrSetToAnythingButZero(variable: String?, flag: Bool, isOffline: Bool) throws {
        let environment = variable.map { ["GIGASTT_OFFLINE": $0] } ?? [:]
        #expect(try DownloadConfiguration(environment: environment, offline: flag).isOffline == isOffline)
    }

    @Test func theFlagGoesBeforeTheVariableAndAnEmptyVariableCountsAsNone() throws {
        let environment = ["GIGASTT_MODEL_MIRROR": "https://env.example"]
        #expect(try DownloadConfiguration(environment: environment).mirror == Mirror("https://env.example"))
        #expect(
            try DownloadConfiguration(environment: environment, mirror: "https://flag.example").mirror
                == Mirror("https://flag.example"))
        #expect(try DownloadConfiguration(environment: ["GIGASTT_MODEL_MIRROR": ""]).mirror == nil)
    }

    @Test func aBadMirrorDoesNotMatterOffline() throws {
        let environment = ["GIGASTT_MODEL_MIRROR": "nonsense", "GIGASTT_OFFLINE": "1"]
        #expect(try DownloadConfiguration(environment: environment).isOffline)
        #expect(throws: DownloadError.self) {
            try DownloadConfiguration(environment: ["GIGASTT_MODEL_MIRROR": "nonsense"])
        }
    }
}
