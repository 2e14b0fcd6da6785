import NIOCore

/// Closes a channel whose peer takes nothing: when writes wait and none has ended for the time allowed. Lives on the
/// channel's event loop.
final class WriteTimeout {
    private let channel: any Channel
    private let timeout: TimeAmount
    private var waitingCount = 0
    private var endedCount = 0
    private var check: Scheduled<Void>?

    init(_ channel: any Channel, timeout: Duration) {
        self.channel = channel
        self.timeout = TimeAmount(timeout)
    }

    func began() { waitingCount += 1 }

    func ended() {
        waitingCount -= 1
        endedCount += 1
        if waitingCount == 0 {
            check?.cancel()
            check = nil
        }
    }

    /// Starts the clock unless everything has been written already, which is the common case and costs nothing.
    func watch() {
        guard waitingCount > 0, check == nil else { return }
        let (seen, own) = (endedCount, NIOLoopBound(self, eventLoop: channel.eventLoop))
        check = channel.eventLoop.scheduleTask(in: timeout) { own.value.judge(endedBefore: seen) }
    }

    private func judge(endedBefore count: Int) {
        check = nil
        guard waitingCount > 0 else { return }
        if endedCount == count { channel.close(promise: nil) } else { watch() }
    }
}
