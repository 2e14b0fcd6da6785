import Foundation
import Testing

@testable import GigaSTTServer
@testable import STTJobs

/// Signatures, secrets and the order of attempts.
@Suite struct WebhookValueTests {
    /// From the test of the reference library for Python, `standardwebhooks` 1.0.0.
    @Test func theSignatureIsThatOfTheReferenceLibrary() throws {
        let secrets = try WebhookSecrets(Array("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n".utf8))
        let delivery = Delivery(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", job: "j", owner: nil, state: .done, createdAt: 1, endedAt: 2,
            processed: 3, failure: nil, attempt: 0)
        var message = WebhookMessage(delivery)
        message.body = #"{"test": 2432232314}"#
        let fields = message.fields(secrets, at: 1_614_265_330)
        #expect(fields.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(fields[2].value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func eachSecretSigns() throws {
        let newer = Data(repeating: 7, count: 24).base64EncodedString()
        let lines = "# old\nMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n\nwhsec_\(newer)"
        let secrets = try WebhookSecrets(Array(lines.utf8))
        let delivery = Delivery(
            id: "a", job: "a", owner: "k", state: .failed, createdAt: 1, endedAt: 1_700_000_000.5, processed: 3,
            failure: "no", attempt: 0)
        let message = WebhookMessage(delivery)
        #expect(message.fields(secrets, at: 1)[2].value.split(separator: " ").count == 2)
        #expect(message.body.contains(#""type":"job.failed","timestamp":"2023-11-14T22:13:20.500Z""#))
        #expect(message.body.contains(#""error":"no","owner":"k""#))
    }

    @Test(arguments: ["", "#\n", "short", "whsec_AAAA", "ключ", String(repeating: "A", count: 100)])
    func unusableSecretsAreRefusedWithoutQuotingThem(_ text: String) {
        let error = #expect(throws: ServerError.self) { try WebhookSecrets(Array(text.utf8)) }
        #expect(error?.message.hasPrefix("--webhook-secret-file: ") == true)
        #expect(text.count < 3 || error?.message.contains(text) == false)
    }

    @Test func attemptsAreBoundedAndComeFurtherApart() {
        let schedule = DeliverySchedule(first: 5)
        var waits: [Double] = []
        for earlier in 0..<DeliverySchedule.attemptLimit {
            for status in [nil, 199, 301, 400, 500, 503] as [UInt?] {
                switch schedule.outcome(status: status, earlier: earlier, at: 100) {
                case .retry(let time): if status == nil { waits.append(time - 100) }
                case .abandoned: #expect(earlier == DeliverySchedule.attemptLimit - 1)
                case .delivered: Issue.record("not delivered")
                }
            }
            #expect(schedule.outcome(status: 200, earlier: earlier, at: 0) == .delivered)
            #expect(schedule.outcome(status: 299, earlier: earlier, at: 0) == .delivered)
            #expect(schedule.outcome(status: 410, earlier: earlier, at: 0) == .abandoned)
        }
        #expect(waits == [5, 20, 80, 320, 1_280, 5_120, 20_480, 21_600, 21_600])
    }
}
