import Foundation

/// Memory that is available without swapping.
enum FreeMemory {
    /// Bytes, of the machine or of the container that this process runs in; `nil` where the system does not say.
    static var now: Int64? {
        let machine = text("/proc/meminfo").flatMap(available)
        let limit = text("/sys/fs/cgroup/memory.max").flatMap {
            Int64($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        let used = text("/sys/fs/cgroup/memory.current").flatMap {
            Int64($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        guard let limit, let used else { return machine }
        return min(machine ?? .max, max(0, limit - used))
    }

    /// `MemAvailable` of `/proc/meminfo`, in bytes.
    static func available(_ text: String) -> Int64? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
        return kilobytes.flatMap { $0 > Int64.max / 1_024 ? nil : $0 * 1_024 }
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
