import Foundation
import TestSupport
import Testing

@testable import GigaSTTBench

/// Runs of words and their counts, by hand.
@Suite struct FidelityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let expected: String
        let found: String
        let errors: Int
        /// Words lost and come, of each run.
        var runs: [[Int]] = []
        var testDescription: String { "\(expected) | \(found)" }
    }

    static let cases = [
        Case(expected: "", found: "", errors: 0),
        Case(expected: "а б в г", found: "а б в г", errors: 0),
        Case(expected: "а б в г", found: "а г", errors: 2),
        Case(expected: "а б в г д", found: "а д", errors: 3, runs: [[3, 0]]),
        Case(expected: "а д", found: "а б в г д", errors: 3, runs: [[0, 3]]),
        Case(expected: "а б в г д е", found: "а х е", errors: 4, runs: [[4, 1]]),
        Case(expected: "а б в г", found: "х у ц ч", errors: 4),
        Case(expected: "а б в", found: "", errors: 3, runs: [[3, 0]]),
        Case(expected: "", found: "а б в", errors: 3, runs: [[0, 3]]),
        Case(expected: "а б в г д е ж з", found: "г з", errors: 6, runs: [[3, 0], [3, 0]]),
    ]

    @Test(arguments: cases) func runsAreWhatLiesBetweenWordsThatBothHave(_ item: Case) {
        func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
        let difference = WordDifference(expected: words(item.expected), found: words(item.found))
        #expect(difference.errors == item.errors)
        #expect(difference.runs.map { [$0.expected.count, $0.found.count] } == item.runs)
    }

    @Test func textsOfAVoiceBecomeWords() throws {
        let folder = try TemporaryFolder()
        for name in ["voice/etc", "voice/wav"] {
            try FileManager.default.createDirectory(
                at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        try Data().write(to: folder.url.appendingPathComponent("voice/wav/ru_1.wav"))
        try Data("( ru_1 \"Её в+олос, - и ёлка.\" )\n( ru_2 \"Нет\" )\n".utf8)
            .write(to: folder.url.appendingPathComponent("voice/etc/txt.done.data"))
        let clips = try FidelityClips(festival: folder.url).clips
        #expect(clips.map(\.words) == [["ее", "волос", "и", "елка"]])
    }

    @Test func theCosineIsThatOfEachFrame() {
        let cosines = FidelityResult.cosines(([1, 0, 0, 1, 0, 0], 3), ([2, 0, 1, 0, 0, 0], 3))
        #expect(cosines == [1, 0, 1])
        #expect(FidelityResult.cosines(([1], 1), ([1, 2], 2)) == [0])
    }
}
