import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

/// Cases of the gigastt contract about recordings that need the whole way through the server.
@Suite struct TranscribeContractTests {
    @Test func whatAClientAddsIsIgnoredWhereTheContractSaysSo() async throws {
        let body = try Speech.file("06_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let plain = try await client.request("POST", "/v1/transcribe", body: body)
            #expect(plain.status == 200)
            for type in ["text/plain", "application/octet-stream", "audio/mpeg", ""] {
                let answer = try await client.request("POST", "/v1/transcribe", ["Content-Type": type], body: body)
                #expect(answer.status == 200 && answer.body == plain.body)
            }
            let saved = try await client.request("POST", "/v1/transcribe?format=json&download=a.json", body: body)
            #expect(saved.status == 200 && saved.fields["content-disposition"] == nil)
            // What is no audio is none, whatever it is called.
            let form =
                Array("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".utf8) + body
                + Array("\r\n--b--".utf8)
            let multipart = try await client.request(
                "POST", "/v1/transcribe", ["Content-Type": "multipart/form-data; boundary=b"], body: form)
            #expect(multipart.status == 422 && multipart.body.contains(#""code":"transcription_error""#))
            await client.leave()
        }
    }

    @Test func silenceIsAnEmptyTranscript() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let body = [UInt8](WaveFile.data(.init(repeating: 0, count: 32_000)))
            let answer = try await client.request("POST", "/v1/transcribe", body: body)
            #expect(answer.status == 200 && answer.body == #"{"text":"","words":[],"duration":2.0}"#)
            await client.leave()
        }
    }

    @Test func queryIsCheckedBeforeTheBody() async throws {
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let answer = try await client.request("POST", "/v1/transcribe?word_timestamps=1")
            #expect(answer.status == 400 && answer.body.contains("Failed to deserialize query string"))
            await client.leave()
        }
    }

    @Test func commitPolicyOfEventsIsChecked() async throws {
        let file = try Speech.file("06_")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            for (query, status) in [
                ("commit_policy=never", 400), ("commit_policy=", 400), ("commit_policy=Stable_Prefix", 200),
                ("commit_policy=on_finalize&x=%FF", 200), ("x=1&x=2", 200),
            ] {
                let answer = try await client.request("POST", "/v1/transcribe/stream?\(query)", body: file)
                #expect(answer.status == status)
                if status == 400 { #expect(answer.body.contains(#""code":"invalid_commit_policy""#)) }
            }
            await client.leave()
        }
    }

    @Test func headerlessTelephonyNeedsItsCodec() async throws {
        // Silence in µ-law (ITU-T G.711: 0xFF is zero).
        let body = [UInt8](repeating: 0xFF, count: 8_000)
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let answer = try await client.request("POST", "/v1/transcribe?codec=pcmu&sample_rate=8000", body: body)
            #expect(answer.status == 200 && answer.body == #"{"text":"","words":[],"duration":1.0}"#)
            #expect(try await client.request("POST", "/v1/transcribe", body: body).status == 422)
            await client.leave()
        }
    }
}
