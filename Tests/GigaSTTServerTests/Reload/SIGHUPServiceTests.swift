import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct SIGHUPServiceTests {
    private struct Broken: Error { let path = "/secret/place" }

    @Test func oneFailureIsLoggedWithoutItsTextAndTheOthersRun() async {
        let log = LogRecord()
        let done = Mutex<[String]>([])
        let list = ReloadCoordinator(
            [
                Reloadable("first") { done.withLock { $0.append("first") } },
                Reloadable("second") { throw Broken() },
                Reloadable("third") { throw ServerError(.addressUnusable, "Say what to do.") },
                Reloadable("fourth") { done.withLock { $0.append("fourth") } },
            ], logger: log.logger)
        await list.run()
        #expect(done.withLock { $0 } == ["first", "fourth"])
        #expect(
            log.lines == [
                "notice reloaded item=first",
                "error reload failed; keeping previous value error=Broken item=second",
                "error reload failed; keeping previous value "
                    + "error=addressUnusable: Say what to do. item=third",
                "notice reloaded item=fourth",
            ])
    }

    @Test func signalsDuringAReloadAreOneTogether() async throws {
        let (begun, goOn) = (Moment(), Moment())
        let count = Mutex(0)
        let list = ReloadCoordinator(
            [
                Reloadable("count") {
                    count.withLock { $0 += 1 }
                    begun.come()
                    await goOn.wait()
                }
            ], logger: .quiet)
        let signals = Hangups(begun: begun, goOn: goOn)
        try await mustEnd { await SIGHUPService(coordinator: list).reload(on: signals) }
        #expect(count.withLock { $0 } == 2)
    }

    @Test func reloadDisturbsNoSession() async throws {
        try await RunningServer.use { port, server in
            var client = try await WireClient.live(port: port)
            await server.reload()
            try await client.send(text: Speech.stop)
            #expect(try await client.rest() == ["final: ", "close 1000 "])
        }
    }
}

/// One signal, a thousand more when it is being obeyed, and the end.
private struct Hangups: AsyncSequence, AsyncIteratorProtocol {
    let begun: Moment
    let goOn: Moment
    private var number = 0

    init(begun: Moment, goOn: Moment) { (self.begun, self.goOn) = (begun, goOn) }

    func makeAsyncIterator() -> Hangups { self }

    mutating func next() async -> Int? { await next(isolation: nil) }

    mutating func next(isolation actor: isolated (any Actor)?) async throws(Never) -> Int? {
        number += 1
        if number == 2 { await begun.wait() }
        guard number <= 1_001 else {
            goOn.come()
            return nil
        }
        return number
    }
}
