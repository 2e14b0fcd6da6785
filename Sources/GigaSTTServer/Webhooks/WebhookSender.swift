import AsyncAlgorithms
import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import STTJobs
import ServiceLifecycle

/// Reports the ends of jobs and calls to the receiver of the operator: at least once each, with bounded attempts.
///
/// What is owed is in the store, so that a killed process loses nothing. At a shutdown the attempts under way end within
/// the drain time, and the rest waits for the next start.
struct WebhookSender: Service {
    /// Attempts under way at the same time.
    static let concurrency = 4

    let target: WebhookTarget
    let jobs: Jobs
    let metrics: WebhookMetrics
    let logger: Logger
    private let attempts = StoreAttempts("deliveries are read again")

    /// `nil` without a receiver.
    ///
    /// Throws as `WebhookTarget` does.
    init?(_ settings: WebhookSettings?, _ jobs: Jobs, _ metrics: ServerMetrics, _ logger: Logger) throws(ServerError) {
        guard let settings else { return nil }
        target = try WebhookTarget(settings, logger)
        self.jobs = jobs
        self.metrics = WebhookMetrics(metrics.registry)
        self.logger = logger
    }

    func run() async throws {
        try await HTTPClient.withHTTPClient(configuration: Self.configuration(target.settings)) { client in
            let ticks = AsyncTimerSequence(interval: JobRunner.interval, clock: .continuous)
            for await _ in ticks.cancelOnGracefulShutdown() {
                while !Task.isShuttingDownGracefully,
                    await attempts.attempt(logger, { try await sendDue(client) }) == true
                {}
            }
        }
    }

    /// The certificate of the receiver is verified; nothing is redirected, nor sent through a proxy.
    private static func configuration(_ settings: WebhookSettings) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(settings.timeout), read: TimeAmount(settings.timeout)))
        configuration.httpVersion = .http1Only
        // Attempts are counted by `DeliverySchedule`.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// Sends what is due, some at a time; returns whether there was something.
    private func sendDue(_ client: HTTPClient) async throws -> Bool {
        let due = try await jobs.deliveries.dueDeliveries(limit: Self.concurrency, at: UnixTime.now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for delivery in due { group.addTask { try await send(delivery, client) } }
            try await group.waitForAll()
        }
        metrics.waiting = try await jobs.deliveries.deliveryCount()
        return !due.isEmpty
    }

    private func send(_ delivery: Delivery, _ client: HTTPClient) async throws {
        let message = WebhookMessage(delivery)
        var request = HTTPClientRequest(url: target.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "gigastt")
        for (name, value) in message.fields(target.secrets, at: UnixTime.now) {
            request.headers.add(name: name, value: value)
        }
        request.body = .bytes(ByteBuffer(string: message.body))
        var (status, reason): (UInt?, String) = (nil, "")
        do {
            let answer = try await client.execute(request, timeout: TimeAmount(target.settings.timeout))
            (status, reason) = (answer.status.code, "status \(answer.status.code)")
        } catch let error as HTTPClientError {
            reason = error.shortDescription
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // The receiver's address may be in the error's text.
            reason = "\(type(of: error))"
        }
        try Task.checkCancellation()
        let schedule = DeliverySchedule(first: target.settings.firstRetry / .seconds(1))
        let outcome = schedule.outcome(status: status, earlier: delivery.attempt, at: UnixTime.now)
        try await jobs.deliveries.settle(delivery, as: outcome)
        metrics.ended(outcome)
        let facts: Logger.Metadata = [
            delivery.content == nil ? "job.id" : "call.id": "\(delivery.job)", "attempt": "\(delivery.attempt + 1)",
            "reason": "\(reason)",
        ]
        switch outcome {
        case .delivered: logger.debug("webhook delivered", metadata: facts)
        case .retry: logger.notice("webhook not delivered, to be tried again", metadata: facts)
        case .abandoned: logger.error("webhook not delivered, given up", metadata: facts)
        }
    }
}
