import Foundation
import GigaSTT
import Testing

@testable import GigaSTTBench

/// No word of the shipped recordings is lost or doubled, whatever is around it and however it is delivered.
@Suite struct CompletenessTests {
    private static let manifest = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Demo/manifest.json")

    @Test func everyWordOfRandomMixesAppearsExactlyOnce() async throws {
        var trial = try await CompletenessTrial.load(.demo, voices: SpokenClips.load(Self.manifest))
        for seed in 1...UInt64(12) { try await trial.run(seed: seed) }
        #expect(trial.lost.map(\.description) == [])
        #expect(trial.doubled.map(\.description) == [])
        #expect(trial.wordCount > 200)
        #expect(trial.unsteady * 20 < trial.wordCount)
    }

    @Test func aMixDependsOnItsSeedAlone() throws {
        let voices = try SpokenClips.load(Self.manifest)
        let mixes = try [7, 7, 8].map { try CompletenessMix(seed: $0, of: voices) }
        #expect(mixes[0].bytes == mixes[1].bytes && mixes[0].description == mixes[1].description)
        #expect(mixes[0].bytes != mixes[2].bytes)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let reference: String
        let recognised: String
        var lost: [Int] = []
        var doubled: [Int] = []
        var testDescription: String { recognised }
    }

    static let cases = [
        Case(reference: "на кухне и в зале", recognised: "на кухне и в зале"),
        Case(reference: "на кухне и в зале", recognised: "на кухни в залле"),
        Case(reference: "на кухне и в зале", recognised: "на кухне", lost: [2, 3, 4]),
        Case(reference: "на мосту стоял", recognised: "на мосту мосту стоял", doubled: [1]),
        Case(reference: "на мосту стоял", recognised: "на мосту масту стоял", doubled: [2]),
        Case(reference: "на мосту стоял", recognised: "на мосту на мосту стоял", doubled: [2, 3]),
        Case(reference: "да да нет", recognised: "да да да нет", doubled: [2]),
        Case(reference: "стол и стул", recognised: "стоол и стуул"),
        Case(reference: "да да нет", recognised: "да да нет"),
        Case(reference: "да нет", recognised: "с да эм нет"),
        Case(reference: "", recognised: "а"),
        Case(reference: "один два", recognised: "", lost: [0, 1]),
    ]

    @Test(arguments: cases) func lettersTellWhatIsMissing(_ expected: Case) {
        let alignment = LetterAlignment(
            reference: expected.reference.split(separator: " ").map(String.init),
            recognised: expected.recognised.split(separator: " ").map(String.init))
        #expect(alignment.lost == expected.lost)
        #expect(alignment.doubled.count == expected.doubled.count)
    }
}
