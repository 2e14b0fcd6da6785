import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What this process uses of the machine.
package enum ProcessMemory {
    /// Most resident memory so far, in MB.
    package static var peakMegabytes: Double {
        #if os(Linux)
            // Not `ru_maxrss`, which a process takes over from the one that starts it.
            status("VmHWM:")
        #else
            Double(usage.ru_maxrss) / 1_048_576  // bytes
        #endif
    }

    /// Resident memory of this process now, in MB; 0 where the system does not say.
    package static var residentMegabytes: Double { residentMegabytes(of: getpid()) }

    /// Resident memory of a process now, in MB; 0 where the system does not say.
    package static func residentMegabytes(of process: Int32) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }

    /// Processor time of a process so far, in seconds; 0 where the system does not say.
    package static func processorSeconds(of process: Int32) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            // The name stands in brackets and may hold anything.
            let end = text.lastIndex(of: ")")
        else { return 0 }
        // proc(5): fields 14 and 15 of the line, in ticks.
        let ticks = text[end...].split(separator: " ").dropFirst(12).prefix(2).compactMap { Double($0) }
        return ticks.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The part of the resident memory that lies in no file, in MB; 0 where the system does not say.
    package static var anonymousMegabytes: Double { status("RssAnon:") }

    private static func status(_ key: String) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(key) })
        else { return 0 }
        return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0) / 1_024
    }

    /// Processor time so far, in seconds.
    package static var processorSeconds: Double {
        let usage = usage
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    }

    private static var usage: rusage {
        var usage = rusage()
        #if os(Linux)
            getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        #else
            getrusage(RUSAGE_SELF, &usage)
        #endif
        return usage
    }
}
