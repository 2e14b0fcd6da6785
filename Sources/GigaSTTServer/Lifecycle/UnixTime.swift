import Foundation

/// Seconds since 1970 that never run backwards: the wall clock when the process began, plus a monotonic one.
enum UnixTime {
    private static let anchor = (wall: Date().timeIntervalSince1970, start: ContinuousClock.now)

    /// When the clock was first asked, in whole seconds.
    static var start: Int { Int(anchor.wall) }

    /// Now, in whole milliseconds.
    static var now: Double {
        let elapsed = anchor.start.duration(to: .now) / .milliseconds(1)
        return (anchor.wall * 1_000 + elapsed).rounded() / 1_000
    }
}
