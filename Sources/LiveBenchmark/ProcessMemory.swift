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

    /// Resident memory now, in MB; 0 where the system does not say.
    package static var residentMegabytes: Double {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
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
