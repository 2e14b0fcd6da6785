import Testing

@testable import STTInference

@Suite struct LaneScheduleTests {
    /// F: final, p: partial, f: file. One letter per start; each entry of `waiting` lists the lanes that have work.
    struct Case: Sendable, CustomTestStringConvertible {
        let partialPatience: Int
        let filePatience: Int
        let waiting: [String]
        let starts: String
        var testDescription: String { "patience \(partialPatience)/\(filePatience): \(starts)" }
    }

    private static let letters: [InferenceLane: Character] = [.final: "F", .partial: "p", .file: "f"]

    private static func starts(_ schedule: LaneSchedule, _ waiting: [String]) -> String {
        var schedule = schedule
        return String(
            waiting.map { lanes in
                let has = PerLane(final: lanes.contains("F"), partial: lanes.contains("p"), file: lanes.contains("f"))
                return schedule.next(waiting: has).flatMap { letters[$0] } ?? "-"
            })
    }

    @Test(arguments: [
        Case(partialPatience: 9, filePatience: 4, waiting: ["", "f", "pf", "Fpf"], starts: "-fpF"),
        // One start in five is a file's; the partial is due at the tenth, where the file goes first.
        Case(
            partialPatience: 9, filePatience: 4, waiting: Array(repeating: "Fpf", count: 15),
            starts: "FFFFfFFFFfpFFFf"),
        Case(partialPatience: 3, filePatience: 4, waiting: Array(repeating: "Fp", count: 8), starts: "FFFpFFFp"),
        Case(partialPatience: 9, filePatience: 2, waiting: Array(repeating: "pf", count: 7), starts: "ppfppfp"),
        // Below the smallest patience finals would get nothing.
        Case(partialPatience: 0, filePatience: 0, waiting: Array(repeating: "Fpf", count: 9), starts: "FFfpFfpFf"),
        // A lane that runs empty is young again when work comes.
        Case(partialPatience: 9, filePatience: 2, waiting: ["Ff", "F", "Ff", "Ff", "Ff"], starts: "FFFFf"),
    ])
    func lanesAreServedInOrderAndAge(_ example: Case) {
        let schedule = LaneSchedule(partialPatience: example.partialPatience, filePatience: example.filePatience)
        #expect(Self.starts(schedule, example.waiting) == example.starts)
    }

    @Test func filesGetTheirShareExactlyUnderAnyAmountOfLiveWork() {
        let starts = Self.starts(
            LaneSchedule(partialPatience: 9, filePatience: 4), Array(repeating: "Fpf", count: 1_000))
        #expect(starts.count { $0 == "f" } == 200)
        #expect(starts.count { $0 == "p" } >= 90)
        #expect(starts.count { $0 == "F" } >= 600)
    }
}
