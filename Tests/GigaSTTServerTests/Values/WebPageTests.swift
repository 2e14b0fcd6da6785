import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import GigaSTTServer

@Suite struct WebPageTests {
    private static func page(_ path: String = "/") throws -> String {
        text(try #require(ServedFile.all.first { $0.path == path }?.file))
    }

    private static let modules = ["/captions.js", "/reader.js", "/jobs.js"]

    private static func text(_ file: ServedFile) -> String { String(buffer: file.content) }

    @Test func styleAndScriptAreInlineAndTheirHashesInThePolicy() {
        let page = WebPage(
            document: Array(
                "<a>\n  <link rel=\"stylesheet\" href=\"page.css\">\n  <script src=\"page.js\"></script>\n</a>".utf8),
            style: Array("a{}\n".utf8), script: Array("// Calls.\n  f()\n".utf8), captions: [], reader: [],
            jobs: [], worklet: [])
        #expect(Self.text(page.document) == "<a>\n<style>a{}</style>\n<script>f()</script>\n</a>")
        let policy = page.document.fields[.contentSecurityPolicy] ?? ""
        // openssl dgst -sha256 -binary | base64
        #expect(policy.contains("style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk=';"))
        #expect(policy.contains("script-src 'self' 'sha256-GcEEE0IkDzIP5EQ6DXZaDPORqT5RTBELX8Fyzyg9yvo=';"))
        #expect(policy.hasPrefix("default-src 'none';") && policy.contains("frame-ancestors 'none';"))
        #expect(!policy.contains("unsafe") && !policy.contains("*"))
        #expect(policy.contains("; media-src blob:;") && policy.components(separatedBy: "blob").count == 2)
    }

    @Test func pageIsSmallAndNamesNoOtherHost() throws {
        let text = try Self.page()
        #expect(text.utf8.count <= 61_440)
        // The only address is the namespace of SVG, which is never loaded.
        let addresses = text.components(separatedBy: "http").dropFirst().filter {
            $0.hasPrefix(":") || $0.hasPrefix("s:")
        }
        #expect(addresses.allSatisfy { $0.hasPrefix("://www.w3.org/2000/svg") || $0.hasPrefix("s:\"") })
        #expect(!text.contains("page.css") && !text.contains("page.js"))
        for path in Self.modules {
            let module = try Self.page(path)
            #expect(module.utf8.count <= 20_480 && !module.contains("http"))
        }
    }

    /// A proxy may remove a path prefix, so no address begins with a slash.
    @Test func everyAddressIsRelative() throws {
        let text = try Self.page() + Self.modules.map { try Self.page($0) }.joined()
        let absolute = try Regex(#"["'(`]/(v1|health|ready|jobs|captions|reader|worklet|openapi|asyncapi)"#)
        #expect(text.firstMatch(of: absolute) == nil)
        #expect(text.contains(#"href="openapi.yaml""#) && text.contains(#"addModule("worklet.js")"#))
    }

    @Test(arguments: [
        ("  a\n\n    b", "a\nb"), ("// no\na // yes", "a // yes"), ("a\n", "a"), ("", ""), ("\n\n", ""),
    ])
    func indentationAndCommentsAreRemoved(source: String, compact: String) {
        #expect(WebPage.compact(Array(source.utf8)) == compact)
    }

    @Test(arguments: [
        ("/captions.js", "export"), ("/reader.js", "export"), ("/jobs.js", "export"),
        ("/worklet.js", "registerProcessor"), ("/openapi.yaml", "3.1.0"),
        ("/asyncapi.yaml", "3.0.0"),
    ])
    func otherFilesHaveTheirContent(path: String, part: String) throws {
        #expect(try Self.page(path).contains(part))
    }
}
