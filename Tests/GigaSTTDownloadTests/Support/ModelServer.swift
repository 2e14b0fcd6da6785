import Foundation
import GigaSTT
import GigaSTTDownload
import Testing

/// The server of `model_server.py`, one for all tests of the process; it ends with the process.
final class ModelServer: Sendable {
    /// One request as the server saw it.
    struct Request: Decodable {
        var method: String
        var path: String
        var range: String?
        var ifRange: String?
        var authorization: String?

        enum CodingKeys: String, CodingKey {
            case method, path, range
            case ifRange = "if_range"
            case authorization
        }
    }

    private struct Greeting: Decodable {
        var port: Int
        var sha256: [String: String]
    }

    /// Throws once for all when the server does not start.
    static var shared: ModelServer {
        get throws { try result.get() }
    }
    private static let result = Result { try ModelServer() }

    let port: Int
    private let digests: [String: String]
    private let log: URL
    private let input: FileHandle

    private init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-server-\(getpid())")
        let files = folder.appendingPathComponent("files")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        for name in TestFile.demoNames {
            try FileManager.default.createSymbolicLink(
                at: files.appendingPathComponent("demo-\(name)"),
                withDestinationURL: ModelFolder.demo.url.appendingPathComponent(name))
        }
        for (name, data) in TestFile.contents {
            try data.write(to: files.appendingPathComponent(name))
        }
        log = folder.appendingPathComponent("log")
        try Data().write(to: log)
        let script = try #require(
            Bundle.module.url(forResource: "model_server", withExtension: "py", subdirectory: "Resources"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.path, files.path, log.path]
        var ends: (input: FileHandle, output: FileHandle)?
        try PrivatePipe.start { input, output in
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            ends = (input.fileHandleForWriting, output.fileHandleForReading)
        }
        let (input, output) = try #require(ends)
        self.input = input
        var line = Data()
        while line.last != 10 {
            let block = output.availableData
            if block.isEmpty { throw CocoaError(.fileReadUnknown) }
            line += block
        }
        let greeting = try JSONDecoder().decode(Greeting.self, from: line)
        port = greeting.port
        digests = greeting.sha256
    }

    func address(_ behaviour: String, case name: String) -> String { "http://127.0.0.1:\(port)/\(behaviour)/\(name)" }

    /// SHA-256 of a file as Python computes it.
    func digest(_ name: String) throws -> String { try #require(digests[name]) }

    func requests(case name: String) throws -> [Request] {
        try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(Request.self, from: Data($0.utf8)) }
            .filter { $0.path.contains("/\(name)/") || $0.path.hasPrefix("\(name).") }
    }

    /// Lets the held answers of a case go on.
    func release(case name: String) throws { try input.write(contentsOf: Data("go \(name)\n".utf8)) }

    /// Breaks the held answers of a case off.
    func drop(case name: String) throws { try input.write(contentsOf: Data("drop \(name)\n".utf8)) }
}

/// The files that the server has.
enum TestFile {
    static let encoder = "encoder.onnx"
    static let vocabulary = "v3_vocab.txt"
    /// The files of the built-in model, served as `demo-NAME`.
    static let demoNames = ["v3_vocab.txt", "v3_rnnt_decoder.onnx", "v3_rnnt_joint.onnx", "v3_rnnt_encoder_int8.onnx"]

    static let contents: [String: Data] = [
        // Larger than what fits into the sockets between server and client, so that they can be caught in the middle.
        encoder: noise(3_000_000),
        "v3_rnnt_decoder.onnx": noise(1_000_000),
        // The vocabulary of the head `rnnt` as published: 33 letters and the blank.
        vocabulary: Data(
            (("▁абвгдежзийклмнопрстуфхцчшщъыьэюя".map(String.init) + ["<blk>"]).enumerated()
                .map { "\($1) \($0)\n" }.joined()).utf8),
    ]

    static func content(_ name: String) -> Data { contents[name] ?? Data() }

    /// Bytes that repeat nowhere (xorshift).
    private static func noise(_ count: Int) -> Data {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return Data(
            (0..<count).map { _ in
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return UInt8(truncatingIfNeeded: state)
            })
    }
}
