/// Which lane is served next: finals before partials before files, and none of them never.
///
/// A lane that has waiting work and is passed over grows older by one for each unit that starts instead. Once it was
/// passed over as often as its patience allows, it goes first. With a patience of 4, one start in five is a file's
/// however much live work waits. When both lower lanes are due, files go first, so their share holds exactly.
struct LaneSchedule {
    private let partialPatience: Int
    private let filePatience: Int
    private var passedOver = PerLane(repeating: 0)

    /// Both are at least 2: two lanes with a patience of 1 would leave nothing to finals.
    init(partialPatience: Int, filePatience: Int) {
        self.partialPatience = max(2, partialPatience)
        self.filePatience = max(2, filePatience)
    }

    /// The lane to serve now, given which lanes have work; `nil` if none has.
    mutating func next(waiting: PerLane<Bool>) -> InferenceLane? {
        guard let lane = choice(waiting) else { return nil }
        for other in InferenceLane.allCases {
            passedOver[other] = other == lane || !waiting[other] ? 0 : passedOver[other] + 1
        }
        return lane
    }

    private func choice(_ waiting: PerLane<Bool>) -> InferenceLane? {
        if waiting.file, passedOver.file >= filePatience { return .file }
        if waiting.partial, passedOver.partial >= partialPatience { return .partial }
        return InferenceLane.allCases.first { waiting[$0] }
    }
}
