extension InferenceQueue {
    /// What bounds a queue. A value outside its range counts as the nearest one inside.
    public struct Limits: Sendable, Hashable {
        /// Threads that run work: 1…256.
        public var workers = 2
        /// Workers that may run files at the same time: 1…256. The others are kept for live work, even when idle.
        public var fileWorkers = 256
        /// Units that may wait in each lane: 1…65 536. Work beyond is refused at once.
        public var waiting = PerLane(final: 256, partial: 256, file: 64)
        /// How often a waiting partial may be passed over by other work: 2…1 000.
        public var partialPatience = 9
        /// How often a waiting file may be passed over by live work: 2…1 000; 4 makes one start in five a file's.
        public var filePatience = 4
        /// How long one run may last before it is told to stop: 1 ms…1 day.
        public var stallTimeout = Duration.seconds(120)
        /// How long a run that was told to stop may go on before its thread is given up: 1 ms…1 day.
        public var stallGrace = Duration.seconds(10)
        /// Threads that may be given up and replaced at any one time: 0…64. Beyond, the number of workers falls, and
        /// when none is left the queue refuses work until one returns.
        public var abandonedThreads = 4

        /// Creates the defaults.
        public init() {}

        var withinRanges: Limits {
            var limits = self
            limits.workers = workers.clamped(to: 1...256)
            limits.fileWorkers = fileWorkers.clamped(to: 1...256)
            limits.waiting = waiting.map { $0.clamped(to: 1...65_536) }
            limits.partialPatience = partialPatience.clamped(to: 2...1_000)
            limits.filePatience = filePatience.clamped(to: 2...1_000)
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
