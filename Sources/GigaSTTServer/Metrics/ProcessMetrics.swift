import Foundation

/// Resource usage of this process, under the names that Prometheus clients use. On systems without `/proc`
/// there are no samples.
struct ProcessMetrics: Sendable, Hashable {
    var cpuSeconds: Double?
    var residentByteCount: Double?
    /// Unix time.
    var startSeconds: Double?
    var openFileCount: Double?

    /// Reads the files now.
    init() {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        self.init(
            stat: Self.text("/proc/self/stat"), systemStat: Self.text("/proc/stat"), ticksPerSecond: ticks,
            pageByteCount: Double(sysconf(Int32(_SC_PAGESIZE))))
        openFileCount = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map {
            Double($0.count)
        }
    }

    /// Reads fields 14, 15, 22 and 24 of `/proc/self/stat` and the line `btime` of `/proc/stat` (proc(5)). The name
    /// of the program, field 2, may hold spaces and brackets: counting begins behind the last one.
    init(stat: String, systemStat: String, ticksPerSecond: Double, pageByteCount: Double) {
        let rest = stat.split(separator: ")", omittingEmptySubsequences: false).last ?? ""
        let fields = rest.split { $0 == " " || $0 == "\n" }.map(String.init)
        func field(_ number: Int) -> Double? { fields.indices.contains(number - 3) ? Double(fields[number - 3]) : nil }
        if let user = field(14), let system = field(15) { cpuSeconds = (user + system) / ticksPerSecond }
        residentByteCount = field(24).map { $0 * pageByteCount }
        let boot = systemStat.split(separator: "\n").first { $0.hasPrefix("btime ") }
        if let boot = boot.flatMap({ Double($0.dropFirst("btime ".count)) }), let start = field(22) {
            startSeconds = boot + start / ticksPerSecond
        }
    }

    var families: [MetricFamily] {
        [
            MetricFamily(
                name: "process_cpu_seconds_total", kind: .counter,
                help: "Total user and system CPU time spent in seconds.",
                series: cpuSeconds.map { [.init(value: .number($0))] } ?? []),
            .gauge("process_resident_memory_bytes", "Resident memory size in bytes.", residentByteCount),
            .gauge(
                "process_start_time_seconds", "Start time of the process since unix epoch in seconds.", startSeconds),
            .gauge("process_open_fds", "Number of open file descriptors.", openFileCount),
        ]
    }

    private static func text(_ path: String) -> String {
        (try? String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)) ?? ""
    }
}
