import Foundation
import GigaSTT
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct NotifyTests {
    #if os(Linux)
        static let kinds = [false, true]
    #else
        static let kinds = [false]
    #endif

    private func notifier(_ manager: ServiceSocket, _ more: [String: String] = [:]) throws -> ServiceNotifier {
        let variables = ["NOTIFY_SOCKET": manager.name].merging(more) { $1 }
        return try #require(ServiceNotifier(environment: variables))
    }

    @Test(arguments: kinds) func managerHearsOfTheBeginningAndTheEnd(isAbstract: Bool) async throws {
        let manager = try ServiceSocket(isAbstract: isAbstract)
        let stream = ScriptedStream(.wait)
        try await RunningServer.serve(
            notifier: try notifier(manager), open: { _, _ in stream }
        ) { address, server in
            #expect(await manager.next() == "READY=1")
            let client = try await WireClient.live(port: address.port)
            try await client.send(binary: [UInt8](repeating: 1, count: 32_000))
            await stream.isFed.wait()
            await server.drain()
            // It is told while sessions still end.
            #expect(await manager.next() == "STOPPING=1")
            #expect(!stream.cancelled.hasCome)
            await client.leave()
        }
    }

    @Test func managerIsToldWhenAReloadBegan() async throws {
        let manager = try ServiceSocket()
        let notifier = try notifier(manager)
        notifier.reloading()
        let lines = await manager.next().split(separator: "\n")
        #expect(lines.count == 2 && lines[0] == "RELOADING=1" && lines[1].hasPrefix("MONOTONIC_USEC="))
        let microseconds = try #require(Int64(lines[1].dropFirst("MONOTONIC_USEC=".count)))
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
        #expect(microseconds <= now && microseconds > now - 60_000_000)
        notifier.ready()
        #expect(await manager.next() == "READY=1")
    }

    @Test func managerHearsNothingOfAReloadBeforeTheServerIsReady() async throws {
        let manager = try ServiceSocket()
        let isReady = Atomic(false)
        let list = ReloadCoordinator(
            [], notifier: try notifier(manager), isReady: { isReady.load(ordering: .relaxed) }, logger: .quiet)
        await list.run()
        isReady.store(true, ordering: .relaxed)
        await list.run()
        #expect(await manager.next().hasPrefix("RELOADING=1"))
        #expect(await manager.next() == "READY=1")
    }

    @Test func watchdogIsFedWhileTheServerLives() async throws {
        let manager = try ServiceSocket()
        let notifier = try notifier(manager, ["WATCHDOG_USEC": "20000"])
        #expect(notifier.watchdogTimeout == .milliseconds(20))
        try await RunningServer.serve(notifier: notifier) { _, _ in
            // `serve` is here only when the server was ready: what comes after `STOPPING=1` of ours is of now.
            await Self.pass(notifier, manager)
            for _ in 0..<4 { #expect(await manager.next() == "WATCHDOG=1") }
        }
    }

    /// Reads what has piled up in the socket.
    private static func pass(_ notifier: ServiceNotifier, _ manager: ServiceSocket) async {
        async let told: Void = notifier.stopping()
        var message = await manager.next()
        while message == "WATCHDOG=1" || message == "READY=1" { message = await manager.next() }
        await told
        #expect(message == "STOPPING=1")
    }

    @Test func fullSocketIsWaitedForWithinBounds() throws {
        let manager = try ServiceSocket()
        let socket = try #require(DatagramSocket(manager.name))
        var sentCount = 0
        while sentCount < 100_000, socket.send("WATCHDOG=1", waiting: 0) { sentCount += 1 }
        #expect(sentCount < 100_000)
        let start = ContinuousClock.now
        #expect(!socket.send("READY=1", waiting: 1))
        #expect(start.duration(to: .now) >= .milliseconds(900) && start.duration(to: .now) < .seconds(20))
    }

    @Test func watchdogIsSilentWhileAnEventLoopHangs() async throws {
        let manager = try ServiceSocket()
        let notifier = try notifier(manager)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let loops = group.makeIterator().map { $0 }
        let gate = Gate()
        loops[1].execute { gate.pass() }
        await gate.entered.wait()
        let watchdog = Watchdog(notifier: notifier, timeout: .milliseconds(2), loops: loops) { nil }
        try await mustEnd {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await watchdog.run() }
                // Its first question to the loop that works is answered; nothing is said for all that.
                for _ in 0..<300 { try await loops[0].submit {}.get() }
                notifier.stopping()
                #expect(await manager.next() == "STOPPING=1")
                gate.open()
                #expect(await manager.next() == "WATCHDOG=1")
                tasks.cancelAll()
            }
        }
        try await group.shutdownGracefully()
    }

    @Test func watchdogIsSilentWhenEveryWorkerIsStuck() async throws {
        let manager = try ServiceSocket()
        let notifier = try notifier(manager)
        let count = Mutex(0)
        let asked = Moment()
        let watchdog = Watchdog(notifier: notifier, timeout: .milliseconds(2), loops: []) {
            asked.come()
            return count.withLock { $0 }
        }
        try await mustEnd {
            await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await watchdog.run() }
                await asked.wait()
                notifier.stopping()
                #expect(await manager.next() == "STOPPING=1")
                count.withLock { $0 = 1 }
                #expect(await manager.next() == "WATCHDOG=1")
                tasks.cancelAll()
            }
        }
    }

    @Test func withoutAManagerNothingIsSent() {
        for name in ["", "relative", "@", "/", "/a\u{0}b", "/" + String(repeating: "x", count: 200)] {
            #expect(ServiceNotifier(environment: ["NOTIFY_SOCKET": name]) == nil)
        }
        #expect(ServiceNotifier(environment: [:]) == nil)
        // A socket that is gone is no error.
        ServiceNotifier(environment: ["NOTIFY_SOCKET": "/nonexistent/gigastt"])?.ready()
    }

    @Test(
        arguments: [
            ([:], nil), (["WATCHDOG_USEC": "3000000"], 3_000_000), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "-1"], nil), (["WATCHDOG_USEC": "x"], nil),
            (["WATCHDOG_USEC": "5", "WATCHDOG_PID": "1"], nil),
            (["WATCHDOG_USEC": "5", "WATCHDOG_PID": "\(ProcessInfo.processInfo.processIdentifier)"], 5),
        ] as [([String: String], Int64?)])
    func watchdogIsForTheProcessThatIsMeant(variables: [String: String], microseconds: Int64?) throws {
        let all = ["NOTIFY_SOCKET": "/run/x"].merging(variables) { $1 }
        let notifier = try #require(ServiceNotifier(environment: all))
        #expect(notifier.watchdogTimeout == microseconds.map { .microseconds($0) })
    }

    @Test func namesAsLongAsTheSystemTakesAreTaken() {
        let room = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        #expect(DatagramSocket("/" + String(repeating: "x", count: room - 2)) != nil)
        #expect(DatagramSocket("/" + String(repeating: "x", count: room - 1)) == nil)
        #expect(DatagramSocket("@" + String(repeating: "x", count: room - 1)) != nil)
        #expect(DatagramSocket("@" + String(repeating: "x", count: room)) == nil)
    }
}
