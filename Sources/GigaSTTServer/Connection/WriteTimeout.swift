import NIOCore

/// Closes a channel whose peer stops reading: when writes wait and none has completed for the timeout. Lives on the
/// channel's event loop.
final class WriteTimeout {
    private let channel: any Channel
    private let timeout: TimeAmount
    private var waitingCount = 0
    private var endedCount = 0
    private var scheduled: Scheduled<Void>?

    init(_ channel: any Channel, timeout: Duration) {
        self.channel = channel
        self.timeout = TimeAmount(timeout)
    }

    /// A promise for a write that begins now: this one, or another.
    func observed(_ promise: EventLoopPromise<Void>?) -> EventLoopPromise<Void> {
        let promise = promise ?? channel.eventLoop.makePromise(of: Void.self)
        let own = NIOLoopBound(self, eventLoop: channel.eventLoop)
        waitingCount += 1
        promise.futureResult.whenComplete { _ in own.value.ended() }
        return promise
    }

    private func ended() {
        waitingCount -= 1
        endedCount += 1
        if waitingCount == 0 {
            scheduled?.cancel()
            scheduled = nil
        }
    }

    /// Starts the timer unless everything has been written already, which is the common case and costs nothing.
    func watch() {
        guard waitingCount > 0, scheduled == nil else { return }
        let (seen, own) = (endedCount, NIOLoopBound(self, eventLoop: channel.eventLoop))
        scheduled = channel.eventLoop.scheduleTask(in: timeout) { own.value.check(endedBefore: seen) }
    }

    private func check(endedBefore count: Int) {
        scheduled = nil
        guard waitingCount > 0 else { return }
        if endedCount == count { channel.close(promise: nil) } else { watch() }
    }
}
