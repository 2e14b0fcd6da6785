import Foundation

/// Reports the state of the server to the service manager: systemd's protocol `sd_notify(3)`, for `Type=notify`.
///
/// A message that cannot be sent is dropped, as the protocol provides.
public struct ServiceNotifier: Sendable {
    /// Time without a message after which the manager restarts the process; `nil` without a watchdog.
    public let watchdogTimeout: Duration?
    private let socket: DatagramSocket

    /// The manager that the variables of the process name in `NOTIFY_SOCKET`; `nil` when none does.
    public init?(environment: [String: String]) {
        guard let socket = DatagramSocket(environment["NOTIFY_SOCKET"] ?? "") else { return nil }
        self.socket = socket
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(ProcessInfo.processInfo.processIdentifier)" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        watchdogTimeout = isMeant ? microseconds.map { .microseconds($0) } : nil
    }

    /// The port is open and the model is loaded, or a reload is over.
    public func ready() { send("READY=1") }

    /// The server drains and then ends.
    public func stopping() { send("STOPPING=1") }

    /// Settings are being read again; `ready` follows.
    public func reloading() {
        // The manager distinguishes reloads by this time.
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)")
    }

    /// The server is alive.
    public func alive() { _ = socket.send("WATCHDOG=1", waiting: 0) }

    /// Seconds to wait for a busy manager: without `READY=1` it would count the start as failed. A watchdog message does
    /// not wait, since the next one follows soon.
    private static let sendTimeout = 2

    private func send(_ state: String) { _ = socket.send(state, waiting: Self.sendTimeout) }
}
