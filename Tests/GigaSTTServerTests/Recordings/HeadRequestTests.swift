import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// A server whose model writes marks, capitals and digits itself.
@Suite struct HeadRequestTests {
    @Test(arguments: [
        (RecognitionHead.e2eRNNT, "gigaam-v3-e2e-rnnt"), (.e2eCTC, "gigaam-v3-e2e-ctc"),
    ])
    func itsTextIsThatOfTheModel(head: RecognitionHead, identifier: String) async throws {
        let folder = try TemporaryFolder(head: head)
        let (file, speech) = (try Speech.file("07_"), try Speech.bytes("07_"))
        let load: @Sendable () async throws -> Recognizer = { try await Recognizer(ModelFolder(at: folder.url)) }
        try await RunningServer.use(load: load) { port, _ in
            var client = try await WireClient(port: port)
            let model = try await client.request("GET", "/v1/models").object
            #expect(model["id"] as? String == identifier && model["variant"] as? String == head.rawValue)
            #expect(model["itn"] as? Bool == false && model["vocab_size"] as? Int == 257)
            var texts: [String] = []
            for query in ["", "?variant=\(head.rawValue)", "?variant= E2E-\(head.isTransducer ? "RNNT" : "CTC")"] {
                let path = "/v1/transcribe\(query.replacing(" ", with: "%20"))"
                let answer = try await client.request("POST", path, body: file)
                texts.append(try answer.object["text"] as? String ?? "")
                let words = try answer.object["words"] as? [[String: Any]] ?? []
                #expect(words.compactMap { $0["word"] as? String }.joined(separator: " ") == texts.last)
            }
            #expect(Set(texts).count == 1 && texts[0].first?.isUppercase == true && texts[0].hasSuffix("."))
            let other = try await client.request("POST", "/v1/transcribe?variant=rnnt", body: file)
            #expect(other.status == 409)
            await client.leave()
            var live = try await WireClient.live(port: port)
            try await live.send(text: Speech.configure)
            try await live.send(binary: speech)
            try await live.send(text: Speech.stop)
            let finals = try await live.rest().filter { $0.hasPrefix("final: ") }.map { $0.dropFirst(7) }
            #expect(finals.filter { !$0.isEmpty }.joined(separator: " ") == texts[0])
        }
    }
}
