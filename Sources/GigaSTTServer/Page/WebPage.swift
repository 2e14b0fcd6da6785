import Foundation
import HTTPTypes

/// The page at `/`: one document that loads nothing from other hosts, and its modules.
///
/// Style and script are inlined into the document; the content security policy names the hashes of exactly those bytes.
struct WebPage: Sendable {
    /// `/`.
    let document: ServedFile
    /// `/captions.js`. A module without a document: formats, and the times of an edited text.
    let captions: ServedFile
    /// `/reader.js`. A module that plays a recording beside its text and edits captions.
    let reader: ServedFile
    /// `/jobs.js`. A module that only the pages of servers with jobs load.
    let jobs: ServedFile
    /// `/worklet.js`. An audio worklet must be a script with an address of its own.
    let worklet: ServedFile

    init() {
        self.init(
            document: PackageResources.index_html, style: PackageResources.page_css,
            script: PackageResources.page_js, captions: PackageResources.captions_js,
            reader: PackageResources.reader_js, jobs: PackageResources.jobs_js, worklet: PackageResources.worklet_js)
    }

    init(
        document: [UInt8], style: [UInt8], script: [UInt8], captions: [UInt8], reader: [UInt8], jobs: [UInt8],
        worklet: [UInt8]
    ) {
        let (style, script) = (Self.compact(style), Self.compact(script))
        let text = Self.compact(document)
            .replacing(#"<link rel="stylesheet" href="page.css">"#, with: "<style>\(style)</style>", maxReplacements: 1)
            .replacing(#"<script src="page.js"></script>"#, with: "<script>\(script)</script>", maxReplacements: 1)
        self.document = ServedFile(
            Array(text.utf8), type: "text/html; charset=utf-8", fields: Self.fields(style: style, script: script))
        self.captions = Self.module(captions)
        self.reader = Self.module(reader)
        self.jobs = Self.module(jobs)
        self.worklet = Self.module(worklet)
    }

    private static func module(_ source: [UInt8]) -> ServedFile {
        ServedFile(Array(compact(source).utf8), type: "text/javascript; charset=utf-8")
    }

    /// The content security policy and the other restrictions that a browser enforces.
    private static func fields(style: String, script: String) -> HTTPFields {
        let policy = [
            "default-src 'none'",
            // 'self' allows the worklet and the modules; no other response of this server is a script (`nosniff`).
            "script-src 'self' '\(hash(script))'",
            "style-src '\(hash(style))'",
            "connect-src 'self'",
            "img-src data:",
            // A recording that the user chose, played from the memory of the browser.
            "media-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            // The script never parses text as markup.
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
        return [
            .contentSecurityPolicy: policy.joined(separator: "; "),
            .permissionsPolicy: "microphone=(self), camera=(), geolocation=(), display-capture=()",
            .referrerPolicy: "no-referrer",
            .crossOriginOpenerPolicy: "same-origin",
        ]
    }

    private static func hash(_ text: String) -> String {
        "sha256-" + ServedFile.digest(Array(text.utf8)).base64EncodedString()
    }

    /// The lines without indentation, empty lines and comment lines: a fifth fewer bytes.
    static func compact(_ source: [UInt8]) -> String {
        String(decoding: source, as: UTF8.self).split(separator: "\n")
            .map { String($0.drop { $0 == " " }) }
            .filter { !$0.isEmpty && !$0.hasPrefix("//") }
            .joined(separator: "\n")
    }
}

extension HTTPField.Name {
    fileprivate static let permissionsPolicy = HTTPField.Name("Permissions-Policy") ?? .via
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .via
    fileprivate static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy") ?? .via
}
