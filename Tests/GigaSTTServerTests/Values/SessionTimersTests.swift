import Testing

@testable import GigaSTTServer

@Suite struct SessionTimersTests {
    private let start = ContinuousClock.now

    private func timers(
        idle: Int = 300, length: Int = 3_600, ping: Int = 30, keepAlive: Duration? = nil
    ) -> SessionTimers {
        var settings = SessionSettings()
        settings.idleTimeout = .seconds(idle)
        settings.maximumDuration = .seconds(length)
        settings.pingInterval = .seconds(ping)
        return SessionTimers(settings, keepAliveInterval: keepAlive, now: start)
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .milliseconds(Int64(seconds * 1_000)) }

    /// What expires for a driver that always sleeps until `next`, up to a second.
    private func run(_ timers: inout SessionTimers, until end: Double) -> [String] {
        var log: [String] = []
        while timers.next <= at(end) {
            let now = timers.next
            guard let expiry = timers.expired(at: now) else { return log + ["woken for nothing"] }
            log.append("\(expiry) \(start.duration(to: now).components.seconds)")
            if expiry != .ping { break }
            timers.pingSent()
        }
        return log
    }

    @Test func silentPeerIsGivenUpAtTheThirdPing() {
        var timers = timers()
        #expect(run(&timers, until: 1_000) == ["ping 30", "ping 60", "pingTimeout 90"])
    }

    /// Before a client that does not read, the time-out of writes runs.
    @Test func pingsThatCannotBeSentAreNotHeldAgainstTheClient() {
        var timers = timers(idle: 0, length: 0)
        for minute in 1...5 { #expect(timers.expired(at: at(Double(minute) * 60)) == .ping) }
    }

    @Test func answeredPingsDoNotKeepAnIdleSessionOpen() {
        var timers = timers(idle: 100)
        for second in [30.0, 60, 90] {
            #expect(timers.expired(at: at(second)) == .ping)
            timers.heard(isData: false, at: at(second))
        }
        #expect(timers.next == at(100) && timers.expired(at: at(99.9)) == nil && timers.expired(at: at(100)) == .idle)
    }

    @Test func dataKeepsASessionOpen() {
        var timers = timers(idle: 3)
        for second in stride(from: 2.0, to: 20, by: 2) {
            #expect(timers.expired(at: at(second)) == nil)
            timers.heard(isData: true, at: at(second))
        }
        #expect(timers.next == at(21))
    }

    @Test func zeroMeansNoLimit() {
        var timers = timers(idle: 0, length: 0)
        for day in 1...3 {
            let now = at(Double(day) * 86_400)
            #expect(timers.expired(at: now) == .ping)
            timers.heard(isData: false, at: now)
            #expect(timers.expired(at: now) == nil)
        }
    }

    @Test func floodDoesNotPostponeTheEnd() {
        var timers = timers(length: 1)
        for step in 0..<50 { timers.heard(isData: true, at: at(Double(step) * 0.02)) }
        #expect(timers.next == at(1) && timers.expired(at: at(1)) == .sessionLength)
    }

    @Test func lengthComesBeforePingAndPingBeforeIdle() {
        var timers = timers(idle: 30, length: 30)
        #expect(timers.expired(at: at(30)) == .sessionLength)
        var other = self.timers(idle: 30, length: 40)
        #expect(other.expired(at: at(30)) == .ping && other.expired(at: at(30)) == .idle)
    }

    @Test func nothingRunsOutWhileTheEngineHoldsBackTheReading() {
        var timers = timers(idle: 50)
        timers.beginFeeding()
        for minute in 1...5 { #expect(timers.expired(at: at(Double(minute) * 60)) == .ping) }
        timers.endFeeding(at: at(300))
        #expect(timers.next == at(330) && timers.expired(at: at(330)) == .ping && timers.next == at(350))
    }

    @Test func silentClientIsKeptByAMessageEachInterval() {
        var timers = timers(idle: 3, keepAlive: .seconds(1))
        timers.beginFeeding()
        timers.endFeeding(at: at(0.5))
        #expect(timers.next == at(1.5) && timers.expired(at: at(1.4)) == nil)
        #expect(timers.expired(at: at(1.5)) == .keepAlive && timers.expired(at: at(1.5)) == nil)
        // A late one is not made up for.
        #expect(timers.next == at(2.5) && timers.expired(at: at(2.7)) == .keepAlive && timers.next == at(3.5))
        #expect(timers.expired(at: at(3.7)) == .idle)
    }

    /// Such as Deepgram's `KeepAlive`.
    @Test func dataThatAreNoAudioDelayNoMessage() {
        var timers = timers(idle: 3, keepAlive: .seconds(1))
        timers.heard(isData: true, at: at(0.9))
        #expect(timers.next == at(1) && timers.expired(at: at(1)) == .keepAlive)
        #expect(timers.expired(at: at(3.8)) == .keepAlive && timers.expired(at: at(3.9)) == .idle)
    }

    @Test func clientThatSendsNeedsNoMessage() {
        var timers = timers(keepAlive: .seconds(1))
        for step in 1...500 {
            timers.beginFeeding()
            timers.endFeeding(at: at(Double(step) * 0.02))
            #expect(timers.expired(at: at(Double(step) * 0.02)) == nil)
        }
        // The engine holds back the reading of what the client sends.
        timers.beginFeeding()
        #expect(timers.next == at(11) && timers.expired(at: at(11)) == nil && timers.next == at(12))
        timers.endFeeding(at: at(11.5))
        #expect(timers.next == at(12.5) && timers.expired(at: at(12.5)) == .keepAlive)
    }

    @Test func latePingsAreNotMadeUpFor() {
        var timers = timers(idle: 0)
        #expect(timers.expired(at: at(100)) == .ping && timers.expired(at: at(100)) == nil && timers.next == at(130))
    }
}
