import Foundation
import Testing

@testable import GigaSTTServer

@Suite struct PageTests {
    @Test func pageComesWithItsRulesAndIsAskedForAgainCheaply() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let page = try await client.request("GET", "/")
            #expect(page.status == 200 && page.body.hasPrefix("<!doctype html>") && page.body.hasSuffix("</html>"))
            #expect(page.fields["content-type"] == "text/html; charset=utf-8")
            #expect(page.fields["cache-control"] == "no-cache")
            #expect(page.fields["x-content-type-options"] == "nosniff")
            #expect(page.fields["referrer-policy"] == "no-referrer")
            #expect(page.fields["permissions-policy"]?.hasPrefix("microphone=(self)") == true)
            #expect(page.fields["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
            let tag = try #require(page.fields["etag"])
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = try await client.request("GET", "/", ["If-None-Match": known])
                #expect(again.status == 304 && again.body.isEmpty && again.fields["etag"] == tag)
            }
            #expect(try await client.request("GET", "/", ["If-None-Match": "\"other\""]).status == 200)
            let head = try await client.request("HEAD", "/")
            #expect(head.status == 200 && head.fields["content-length"] == "\(page.body.utf8.count)")
        }
    }

    @Test(arguments: ["/", "/captions.js", "/reader.js", "/jobs.js", "/worklet.js", "/openapi.yaml", "/asyncapi.yaml"])
    func filesAreOnlyRead(path: String) async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            #expect(try await client.request("GET", path).status == 200)
            for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
                let answer = try await client.request(method, path)
                #expect(answer.status == 405 && answer.fields["allow"] == "GET, HEAD")
            }
        }
    }

    @Test func noAnswerIsTakenForAScript() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for path in ["/health", "/ready", "/v1/models", "/nope", "/v1/transcribe"] {
                #expect(try await client.request("GET", path).fields["x-content-type-options"] == "nosniff")
            }
        }
    }
}
