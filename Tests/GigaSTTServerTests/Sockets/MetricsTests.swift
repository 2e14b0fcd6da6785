import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct MetricsTests {
    @Test func requestsAreCountedByBoundedLabels() async throws {
        try await RunningServer.serveWithMetrics { address, _ in
            var client = try await WireClient(port: address.port)
            let paths = ["/v1/models", "/v1/unknown", "/health", "/ready", "/v1/transcribe", "/v1/models?key=secret"]
            for path in paths { _ = try await client.request("GET", path) }
            _ = try await client.request("PROPFIND", "/x\"y")
            _ = try await client.request("POST", "/v1/transcribe")
            let denied = try await client.request("GET", "/v1/models", ["Origin": "https://evil.example"])
            #expect(denied.status == 403)
            await client.leave()
            let scrape = try await Scrape(address)
            let total = "gigastt_http_requests_total"
            #expect(scrape[total + #"{method="GET",path="/v1/models",status="200"}"#] == 2)
            #expect(scrape[total + #"{method="GET",path="other",status="404"}"#] == 1)
            #expect(scrape[total + #"{method="GET",path="/v1/transcribe",status="405"}"#] == 1)
            #expect(scrape[total + #"{method="POST",path="/v1/transcribe",status="400"}"#] == 1)
            #expect(scrape[total + #"{method="other",path="other",status="404"}"#] == 1)
            #expect(!scrape.holds("/health") && !scrape.holds("/ready") && !scrape.holds("secret"))
            #expect(!scrape.holds(#"status="403""#))
            #expect(scrape["gigastt_origin_rejections_total"] == 1)
            let name = "gigastt_http_request_duration_seconds"
            #expect(scrape[name + #"_count{method="GET",path="/v1/models"}"#] == 2)
            #expect(scrape[name + #"_bucket{method="GET",path="/v1/models",le="0.005"}"#] != nil)
            #expect(scrape[name + #"_bucket{method="GET",path="/v1/models",le="+Inf"}"#] == 2)
        }
    }

    @Test func everyFamilyOfTheContractIsThereUnderItsNameAndType() async throws {
        let families = [
            "gigastt_http_requests_total counter", "gigastt_inference_timeouts_total counter",
            "gigastt_pool_timeouts_total counter", "gigastt_rate_limit_rejections_total counter",
            "gigastt_batch_pool_available gauge", "gigastt_batch_pool_waiters gauge", "gigastt_pool_available gauge",
            "gigastt_pool_waiters gauge", "gigastt_ws_active_connections gauge",
            "gigastt_http_request_duration_seconds histogram", "gigastt_inference_duration_seconds histogram",
            "gigastt_pool_checkout_duration_seconds histogram",
        ]
        try await RunningServer.serveWithMetrics { address, _ in
            let scrape = try await Scrape(address)
            for family in families { #expect(scrape.text.contains("# TYPE \(family)\n")) }
            #expect(scrape["gigastt_pool_available"] == 2 && scrape["gigastt_pool_waiters"] == 0)
            #expect(scrape[#"gigastt_build_info{version="2.3.0"}"#] == 1)
            #expect(scrape["process_start_time_seconds"] != nil && scrape["gigastt_ws_active_connections"] == 0)
            let names = scrape.text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
            #expect(Set(names).count == names.count)
        }
    }

    @Test func liveSessionIsCountedAndMeasured() async throws {
        try await RunningServer.serveWithMetrics { address, _ in
            var client = try await WireClient.live(port: address.port)
            let quiet = try await Scrape(address)
            #expect(quiet["gigastt_ws_active_connections"] == 1 && quiet["gigastt_live_streams"] == 0)
            let speech = try Speech.bytes("03_")
            try await client.send(text: Speech.configure)
            // The first words first, so that there is time for a partial.
            try await client.send(binary: Array(speech.prefix(speech.count / 2)))
            #expect(try await client.message()["type"] as? String == "partial")
            let speaking = try await Scrape.until(address) { $0["gigastt_first_partial_seconds_count"] == 1 }
            #expect(speaking["gigastt_live_streams"] == 1)
            try await client.send(binary: Array(speech.dropFirst(speech.count / 2)))
            try await client.send(text: Speech.stop)
            let finals = try await client.rest().filter { $0.hasPrefix("final: ") && $0 != "final: " }
            let scrape = try await Scrape.until(address) { $0["gigastt_ws_active_connections"] == 0 }
            #expect(scrape["gigastt_live_streams"] == 0)
            #expect(scrape[#"gigastt_http_requests_total{method="GET",path="/v1/ws",status="101"}"#] == 1)
            let seconds = Double(speech.count) / 32_000
            #expect(abs((scrape[#"gigastt_audio_seconds_total{source="live"}"#] ?? 0) - seconds) < 0.01)
            #expect(scrape["gigastt_endpoint_to_final_seconds_count"] == Double(finals.count) && !finals.isEmpty)
            #expect((scrape["gigastt_endpoint_to_final_seconds_sum"] ?? -1) > 0)
            #expect((scrape[#"gigastt_queue_wait_seconds_count{lane="partial"}"#] ?? 0) >= 1)
            #expect((scrape[#"gigastt_recognition_seconds_sum{lane="final"}"#] ?? 0) > 0)
            #expect((scrape[#"gigastt_encoder_seconds_total{purpose="partial"}"#] ?? 0) > 0)
            #expect((scrape[#"gigastt_encoder_runs_total{purpose="partial"}"#] ?? 0) >= 1)
            #expect(scrape[#"gigastt_encoder_runs_total{purpose="probe"}"#] == 0)
            #expect(scrape["gigastt_inference_duration_seconds_count"] == nil)
        }
    }

    @Test func recordingsAreCountedByTheirLength() async throws {
        let item = try Recordings.named("06_")
        let body = [UInt8](try Data(contentsOf: item.url))
        let seconds = Double(try Recordings.samples(item).count) / 16_000
        try await RunningServer.serveWithMetrics { address, _ in
            var client = try await WireClient(port: address.port)
            for path in ["/v1/transcribe", "/v1/transcribe/stream", "/v1/transcribe"] {
                #expect(try await client.request("POST", path, body: body).status == 200)
            }
            #expect(try await client.request("POST", "/v1/transcribe", body: [1, 2, 3]).status == 422)
            await client.leave()
            let scrape = try await Scrape.until(address) { $0["gigastt_recording_seconds_count"] == 3 }
            func isNear(_ name: String, _ expected: Double) -> Bool { abs((scrape[name] ?? 0) - expected) < 0.01 }
            #expect(isNear(#"gigastt_audio_seconds_total{source="file"}"#, 2 * seconds))
            #expect(isNear(#"gigastt_audio_seconds_total{source="events"}"#, seconds))
            #expect(isNear("gigastt_recording_seconds_sum", 3 * seconds))
            // Not of event streams; also of what could not be read (gigastt contract).
            #expect(scrape["gigastt_inference_duration_seconds_count"] == 3)
            #expect(scrape["gigastt_real_time_factor_count"] == 2)
            #expect(scrape[#"gigastt_recognitions_total{lane="file",outcome="completed"}"#] != 0)
            #expect((scrape["gigastt_pool_checkout_duration_seconds_count"] ?? 0) >= 3)
        }
    }

    @Test func failuresThatClientsAreToldOfAreCounted() async throws {
        let refuse: RunningServer.Open = { _, _ in throw GigaSTTError(.overloaded, "", retryAfter: .seconds(3)) }
        try await RunningServer.serveWithMetrics(
            {
                $0.budget.recordings = .init(total: 1)
                $0.queueTimeout = .seconds(1)
            }, open: refuse
        ) { address, server in
            var client = try await WireClient.live(port: address.port)
            try await client.send(binary: [UInt8](repeating: 1, count: 32_000))
            #expect(try await client.message()["code"] as? String == "timeout")
            _ = try await client.rest()
            let place = try server.budget.takeIfFree(.recordings, for: .key("other"))
            var other = try await WireClient(port: address.port)
            #expect(try await other.request("POST", "/v1/transcribe", body: [1]).status == 503)
            withExtendedLifetime(place) {}
            await other.leave()
            #expect(try await Scrape(address)["gigastt_pool_timeouts_total"] == 2)
        }
        let slow: RunningServer.Open = { _, _ in ScriptedStream(.fail(.timedOut)) }
        try await RunningServer.serveWithMetrics(open: slow) { address, _ in
            var client = try await WireClient.live(port: address.port)
            try await client.send(binary: [UInt8](repeating: 1, count: 32_000))
            #expect(try await client.rest().first == "inference_timeout")
            let scrape = try await Scrape(address)
            #expect(scrape["gigastt_inference_timeouts_total"] == 1 && scrape["gigastt_pool_timeouts_total"] == nil)
        }
    }
}
