import GigaSTT
import Hummingbird
import NIOCore
import TestSupport
import Testing

@testable import GigaSTTServer

/// Event streams without a socket.
@Suite struct EventStreamTests {
    /// A connection whose peer reads nothing until it is closed.
    private struct StalledWriter: ResponseBodyWriter {
        let isStalled: Moment
        let closed: Moment

        mutating func write(_ buffer: ByteBuffer) async throws {
            isStalled.come()
            await closed.wait()
            throw ChannelError.ioOnClosedChannel
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    /// A reader that stalls holds one place; the time-out of writes closes its connection, and everything is given back.
    @Test func stalledReaderGivesItsPlaceBackWhenItIsClosed() async throws {
        let file = try Speech.file("10_")
        let recognizer = try await RunningServer.recognizer(workers: 1)
        let settings = ServerSettings()
        let life = ServerState(settings, notifier: nil, onListening: { _ in }, onReady: { _ in })
        life.didLoad(recognizer)
        let (budget, metrics) = (Budget(settings.budget), ServerMetrics())
        let service = RecordingService(
            life: life, inForce: CurrentSettings(settings), budget: budget, metrics: metrics)
        let client = BudgetClient.key("a")
        let (disconnect, source) = AsyncStream.makeStream(of: Void.self)
        try await mustEnd {
            var spool = UploadSpool(
                in: service.folder, try budget.takeIfFree(.bytes, amount: 0, for: client), waitLimit: .seconds(1))
            try await spool.append(file)
            let response = try await EventStream(
                service.open(try await spool.finish(), RecognitionRequest(), with: recognizer, for: client),
                disconnect: disconnect, settings: settings, metrics: metrics, source: .events
            ).response(in: GigaSTTEventFormat())
            let (isStalled, closed) = (Moment(), Moment())
            async let written: Void = response.body.write(StalledWriter(isStalled: isStalled, closed: closed))
            await isStalled.wait()
            #expect(budget.usage(of: .recordings).used == 1)
            closed.come()
            var isBroken = false
            do { try await written } catch is ChannelError { isBroken = true }
            #expect(isBroken)
        }
        await budget.wait { $0.usage(of: .recordings).used == 0 && $0.usage(of: .bytes).used == 0 }
        source.finish()
        await recognizer.shutDown()
    }
}
