/// Which lane is served next: voice activity, then finals, partials and files, and none of them never.
///
/// A lane that has waiting work and is passed over grows older by one for each request that starts instead. Once it was
/// passed over as often as its limit allows, it goes first. With a limit of 4, one start in five is a file's however
/// much live work waits. When both lower lanes are due, files go first, so their share holds exactly.
///
/// Voice activity takes a thousandth of the time of the rest. It ages nothing, or files would go before finals wherever
/// many people speak.
struct LaneSchedule {
    /// Starts of voice activity in a row while other work waits.
    static let activityLimit = 16

    private let partialPassLimit: Int
    private let filePassLimit: Int
    private var passedOver = PerLane(repeating: 0)
    private var activityCount = 0

    /// Both are at least 2: two lanes with a limit of 1 would leave nothing to finals.
    init(partialPassLimit: Int, filePassLimit: Int) {
        self.partialPassLimit = max(2, partialPassLimit)
        self.filePassLimit = max(2, filePassLimit)
    }

    /// The lane to serve now, given which lanes have work; `nil` if none has.
    mutating func next(waiting: PerLane<Bool>) -> InferenceLane? {
        let othersWait = waiting.final || waiting.partial || waiting.file
        if waiting.activity, !othersWait || activityCount < Self.activityLimit {
            activityCount = othersWait ? activityCount + 1 : 0
            return .activity
        }
        activityCount = 0
        guard let lane = choice(waiting) else { return nil }
        for other in InferenceLane.allCases {
            passedOver[other] = other == lane || !waiting[other] ? 0 : passedOver[other] + 1
        }
        return lane
    }

    private func choice(_ waiting: PerLane<Bool>) -> InferenceLane? {
        if waiting.file, passedOver.file >= filePassLimit { return .file }
        if waiting.partial, passedOver.partial >= partialPassLimit { return .partial }
        return [.final, .partial, .file].first { waiting[$0] }
    }
}
