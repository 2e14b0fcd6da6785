import Foundation
import TestSupport

@testable import STTJobs

/// moto, an S3-compatible object store that checks signatures, until the process of the tests ends.
final class MotoServer: Sendable {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let python = root.appendingPathComponent(".cache/clients/bin/python").path

    static var isAvailable: Bool { Tool.isRequiredOrInstalled(python) }

    /// Started by the first test that needs it, which takes some seconds, in which other tests go on.
    static var shared: MotoServer { get async throws { try await start.value } }

    private static let start = Task {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try MotoServer() }) }
        }
    }

    private let variables: [String: String]
    // Held open: its end is the sign for the server to stop.
    private let input = Pipe()

    /// Blocks.
    private init() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.python)
        process.arguments = [Self.root.appendingPathComponent("Tests/Clients/object_store.py").path]
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        variables = try JSONDecoder().decode([String: String].self, from: output.fileHandleForReading.availableData)
    }

    /// A client's settings; `place` follows the bucket.
    func configuration(_ place: String, secret: String? = nil, bucket: String? = nil) throws -> S3Configuration {
        try S3Configuration(
            address: "s3://\(bucket ?? variables["bucket"] ?? "")\(place)", endpoint: variables["AWS_ENDPOINT_URL"],
            region: variables["AWS_REGION"] ?? "", accessKey: variables["AWS_ACCESS_KEY_ID"] ?? "",
            secretKey: secret ?? variables["AWS_SECRET_ACCESS_KEY"] ?? "", sessionToken: nil)
    }
}
