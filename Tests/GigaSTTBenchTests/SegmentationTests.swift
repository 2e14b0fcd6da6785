import Foundation
import GigaSTT
import TestSupport
import Testing

@testable import GigaSTTBench

/// Utterances against the phones of labelled recordings.
@Suite struct SegmentationTests {
    struct Labels: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let phones: [Range<Double>]?
    }

    @Test(arguments: [
        Labels(
            testDescription: "header and pauses", text: "separator ;\n#\n0.5 125 pau\n0.6 125 e\n 0.75 125 gg\n",
            phones: [0.5..<0.6, 0.6..<0.75]),
        Labels(testDescription: "no header", text: "0.1 125 a\n0.3 125 #\n", phones: [0..<0.1]),
        Labels(testDescription: "nothing", text: "", phones: []),
        Labels(testDescription: "a phone without length", text: "#\n0 125 a\n0.2 125 o", phones: [0..<0.2]),
        Labels(testDescription: "backwards", text: "#\n0.5 125 a\n0.4 125 o", phones: nil),
        Labels(testDescription: "no number", text: "#\nnow 125 a", phones: nil),
        Labels(testDescription: "not a finite one", text: "#\ninf 125 a", phones: nil),
        Labels(testDescription: "no name", text: "#\n0.5 125", phones: nil),
    ])
    func labelsAreEndsOfPhones(_ labels: Labels) {
        #expect(PhoneLabels(labels.text, pauses: ["pau", "#"])?.phones == labels.phones)
    }

    /// One utterance over seconds 1 to 3, and one that a cut separates from it, up to second 4.
    @Test(arguments: [
        (phone: 1.0..<1.2, outside: 0.0, inside: 0), (phone: 0.9..<1.2, outside: 0.1, inside: 0),
        (phone: 3.9..<4.5, outside: 0.5, inside: 1), (phone: 2.9..<3.2, outside: 0, inside: 1),
        (phone: 0.2..<0.4, outside: 0.2, inside: 0), (phone: 2.995..<3.2, outside: 0, inside: 0),
    ])
    func whatNoWindowHoldsIsOutside(_ example: (phone: Range<Double>, outside: Double, inside: Int)) throws {
        let utterances = [
            SegmentationTrial.Utterance(window: 1..<3.5, end: 3), SegmentationTrial.Utterance(window: 2.5..<4, end: 4),
        ]
        let text = "#\n\(example.phone.lowerBound) 125 pau\n\(example.phone.upperBound) 125 a\n"
        var trial = SegmentationTrial()
        trial.add(utterances, try #require(PhoneLabels(text, pauses: ["pau"])))
        #expect(abs(trial.outsideSeconds - example.outside) < 1e-9 && trial.insideCount == example.inside)
        #expect(trial.boundaryCount == 2 && trial.utteranceCount == 2)
    }

    /// Two sentences of tones in a folder, 1 s apart: at every gain and in noise both are in utterances.
    @Test func tonesOfAFolderAreInUtterances() throws {
        let folder = try TemporaryFolder()
        let tones: [(seconds: Double, isTone: Bool)] = [
            (0.6, false), (0.8, true), (1, false), (0.5, true), (0.9, false),
        ]
        var (samples, labels, time) = ([Float](), "#\n", 0.0)
        for part in tones {
            let count = Int(part.seconds * 16_000)
            samples += (0..<count).map { part.isTone ? 0.3 * sin(2 * .pi * 440 * Float($0) / 16_000) : 0 }
            time += part.seconds
            labels += "\(time) 125 \(part.isTone ? "a" : "pau")\n"
        }
        for place in ["wav", "lab"] {
            try FileManager.default.createDirectory(
                at: folder.url.appendingPathComponent(place), withIntermediateDirectories: true)
        }
        let bytes = samples.flatMap { sample in withUnsafeBytes(of: Int16(sample * 32_767).littleEndian) { Array($0) } }
        try (WaveFile.header(byteCount: bytes.count) + Data(bytes))
            .write(to: folder.url.appendingPathComponent("wav/one.wav"))
        try Data(labels.utf8).write(to: folder.url.appendingPathComponent("lab/one.lab"))
        try Data(labels.utf8).write(to: folder.url.appendingPathComponent("lab/alone.lab"))

        let items = try LabelledRecordings(in: folder.url, pauses: ["pau"]).items
        #expect(items.count == 1 && items.first?.labels.phones.count == 2)
        for condition in SegmentationBench.Condition.all {
            var trial = SegmentationTrial()
            for item in items {
                let samples = condition.recorded(samples, seed: 1)
                trial.add(samples, item.labels, silence: .milliseconds(500))
            }
            #expect(trial.outsideSeconds == 0 && trial.insideCount == 0, "\(condition.name)")
            #expect(abs(trial.phoneSeconds - 1.3) < 1e-9 && trial.utteranceCount >= 1)
        }
    }

    @Test func labelsThatCannotBeReadAreNamed() throws {
        let folder = try TemporaryFolder()
        for (name, text) in [("one.wav", ""), ("one.lab", "no labels at all")] {
            try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
        }
        let error = #expect(throws: (any Error).self) { try LabelledRecordings(in: folder.url, pauses: []) }
        #expect("\(error.map(String.init(describing:)) ?? "")".contains("one.lab"))
    }
}
