import Testing

@testable import STTInference

@Suite struct LaneScheduleTests {
    /// a: activity, F: final, p: partial, f: file. One letter per start; each entry of `waiting` lists the lanes that have work.
    struct Case: Sendable, CustomTestStringConvertible {
        let partialPassLimit: Int
        let filePassLimit: Int
        let waiting: [String]
        let starts: String
        var testDescription: String { "patience \(partialPassLimit)/\(filePassLimit): \(starts)" }
    }

    private static let letters: [InferenceLane: Character] = [.activity: "a", .final: "F", .partial: "p", .file: "f"]

    private static func starts(_ schedule: LaneSchedule, _ waiting: [String]) -> String {
        var schedule = schedule
        return String(
            waiting.map { lanes in
                let has = PerLane(
                    activity: lanes.contains("a"), final: lanes.contains("F"), partial: lanes.contains("p"),
                    file: lanes.contains("f"))
                return schedule.next(waiting: has).flatMap { letters[$0] } ?? "-"
            })
    }

    @Test(arguments: [
        Case(partialPassLimit: 9, filePassLimit: 4, waiting: ["", "f", "pf", "Fpf"], starts: "-fpF"),
        // One start in five is a file's; the partial is due at the tenth, where the file goes first.
        Case(
            partialPassLimit: 9, filePassLimit: 4, waiting: Array(repeating: "Fpf", count: 15),
            starts: "FFFFfFFFFfpFFFf"),
        Case(partialPassLimit: 3, filePassLimit: 4, waiting: Array(repeating: "Fp", count: 8), starts: "FFFpFFFp"),
        Case(partialPassLimit: 9, filePassLimit: 2, waiting: Array(repeating: "pf", count: 7), starts: "ppfppfp"),
        // Below the smallest patience finals would get nothing.
        Case(partialPassLimit: 0, filePassLimit: 0, waiting: Array(repeating: "Fpf", count: 9), starts: "FFfpFfpFf"),
        // A lane that runs empty is young again when work comes.
        Case(partialPassLimit: 9, filePassLimit: 2, waiting: ["Ff", "F", "Ff", "Ff", "Ff"], starts: "FFFFf"),
        // Voice activity goes first and ages nothing, but lets other work have one start in seventeen.
        Case(partialPassLimit: 9, filePassLimit: 2, waiting: ["aF", "F", "aFf", "f", "a"], starts: "aFafa"),
        Case(
            partialPassLimit: 9, filePassLimit: 2, waiting: Array(repeating: "aFf", count: 34),
            starts: String(repeating: "a", count: 16) + "F" + String(repeating: "a", count: 16) + "F"),
        Case(
            partialPassLimit: 9, filePassLimit: 2, waiting: Array(repeating: "a", count: 20) + ["aF"],
            starts: String(repeating: "a", count: 21)),
    ])
    func lanesAreServedInOrderAndAge(_ example: Case) {
        let schedule = LaneSchedule(partialPassLimit: example.partialPassLimit, filePassLimit: example.filePassLimit)
        #expect(Self.starts(schedule, example.waiting) == example.starts)
    }

    @Test func filesGetTheirShareExactlyUnderAnyAmountOfLiveWork() {
        let starts = Self.starts(
            LaneSchedule(partialPassLimit: 9, filePassLimit: 4), Array(repeating: "Fpf", count: 1_000))
        #expect(starts.count { $0 == "f" } == 200)
        #expect(starts.count { $0 == "p" } >= 90)
        #expect(starts.count { $0 == "F" } >= 600)
    }
}
