import Foundation

/// Tells the service manager how far the server is: the protocol of systemd's `sd_notify(3)`, for `Type=notify`.
///
/// A message that cannot be sent is lost, as it is for everybody who uses this protocol.
public struct ServiceNotifier: Sendable {
    /// How long the manager may hear nothing before it counts the process as hung; `nil` when it does not look.
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
    public func ready() { tell("READY=1") }

    /// The server drains and then ends.
    public func stopping() { tell("STOPPING=1") }

    /// Settings are being read again; `ready` follows.
    public func reloading() {
        // By this time the manager tells this reload from the one before.
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        tell("RELOADING=1\nMONOTONIC_USEC=\(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)")
    }

    /// The server is alive.
    public func alive() { _ = socket.send("WATCHDOG=1", waiting: 0) }

    /// Seconds that a busy manager is waited for: without `READY=1` it would take the start for a failure. The next
    /// sign of life comes soon, so nobody waits with that one.
    private static let patience = 2

    private func tell(_ state: String) { _ = socket.send(state, waiting: Self.patience) }
}
