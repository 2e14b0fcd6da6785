extension InferenceQueue {
    /// What bounds a queue. A value outside its range counts as the nearest one inside.
    package struct Limits: Sendable, Hashable {
        /// Threads that run work: 1…256.
        package var workers = 2
        /// Workers that may run files at the same time: 1…256. The others are kept for live work, even when idle.
        package var fileWorkers = 256
        /// Requests that may wait in each lane: 1…65 536. More are refused at once, unless their client was admitted before.
        package var waiting = PerLane(activity: 256, final: 256, partial: 256, file: 64)
        /// How often a waiting partial may be passed over by finals and files: 2…1 000.
        package var partialPassLimit = 9
        /// How often a waiting file may be passed over by finals and partials: 2…1 000; 4 makes one start in five a file's.
        package var filePassLimit = 4
        /// How long one run may last before it is asked to stop: 1 ms…1 day.
        package var stallTimeout = Duration.seconds(120)
        /// How long a run that was asked to stop may go on before its thread is given up: 1 ms…1 day.
        package var stallGrace = Duration.seconds(10)
        /// Threads that may be given up and replaced at any one time: 0…64. Beyond, the number of workers falls, and
        /// when none is left the queue refuses work until one returns.
        package var abandonedThreads = 4

        /// Creates the defaults.
        package init() {}

        var withinRanges: Limits {
            var limits = self
            limits.workers = workers.clamped(to: 1...256)
            limits.fileWorkers = fileWorkers.clamped(to: 1...256)
            limits.waiting = waiting.map { $0.clamped(to: 1...65_536) }
            limits.partialPassLimit = partialPassLimit.clamped(to: 2...1_000)
            limits.filePassLimit = filePassLimit.clamped(to: 2...1_000)
            limits.stallTimeout = stallTimeout.clamped(to: .milliseconds(1) ... .seconds(86_400))
            limits.stallGrace = stallGrace.clamped(to: .milliseconds(1) ... .seconds(86_400))
            limits.abandonedThreads = abandonedThreads.clamped(to: 0...64)
            return limits
        }
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
