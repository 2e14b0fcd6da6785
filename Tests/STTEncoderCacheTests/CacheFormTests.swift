import Foundation
import RandomModels
import TestSupport
import Testing

@testable import STTEncoderCache

/// A prepared encoder is found by a key that holds the form of the graph: code that builds another graph has another form.
@Suite struct CacheFormTests {
    /// The digest of each form. When the test below fails, raise `CacheKey.form` and add the digest that it prints; a row
    /// whose form was released never changes, or programs would run graphs that older ones prepared.
    private static let digests = [
        1: "2ad4b1f664e689975d5f0fb268e56ec909366c3b64383dd2d2b63088506336b9",
        2: "ef9621ed8e83e2e3d449ad772023cc1c5703855df88b59605df16cb16a890e9a",
    ]

    @Test func anotherGraphHasAnotherForm() throws {
        let folder = try TemporaryFolder()
        func file(_ name: String) -> URL { folder.url.appendingPathComponent(name) }
        try RandomConformer.write(to: file("floats.onnx"))
        try Quantizer(.reference).write(file("floats.onnx"), to: file("int8.onnx"))
        var digest = ContentDigest()
        // Both kinds of source, and what an entry consists of beside the graph.
        for source in ["floats", "int8"] {
            let graph = file("fast-\(source).onnx")
            try Quantizer(.fast).write(file("\(source).onnx"), to: graph)
            try Data(contentsOf: graph).withUnsafeBytes { digest.update($0) }
        }
        let parts = [
            EntryManifest.fileName, EntryManifest.graph, EntryManifest.weights, EntryManifest.lock,
            EntryManifest.kernels,
        ]
        Data(parts.joined(separator: "\n").utf8).withUnsafeBytes { digest.update($0) }
        #expect(Self.digests[CacheKey.form] == digest.hexadecimal, "form \(CacheKey.form)")
        #expect(Set(Self.digests.values).count == Self.digests.count)
    }
}
