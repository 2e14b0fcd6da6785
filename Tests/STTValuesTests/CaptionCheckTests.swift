import TestSupport
import Testing

@testable import STTValues

/// Subtitle files as people write them, and what is wrong with them.
@Suite struct CaptionCheckTests {
    private func found(_ text: String) -> [String] {
        CaptionCheck.violations(in: SubtitleFile(text)).map { "\($0.line) \($0.cue ?? 0) \($0.rule.rawValue)" }
    }

    struct Reading: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let file: String
        /// Line of the times, start and end in milliseconds, text.
        let cues: [[String]]
        var problems: [Int] = []
    }

    @Test(arguments: [
        Reading(
            testDescription: "SubRip",
            file: "1\n00:00:01,000 --> 00:00:02,500\nПривет,\nмир!\n\n2\n01:00:00,000 --> 01:00:01,000\nДа\n",
            cues: [["2", "1000", "2500", "Привет,|мир!"], ["7", "3600000", "3601000", "Да"]]),
        Reading(
            testDescription: "line ends of DOS and a byte-order mark",
            file:
                "\u{FEFF}1\r\n00:00:01,000 --> 00:00:02,000\r\nДа\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nНет\r\n",
            cues: [["2", "1000", "2000", "Да"], ["6", "3000", "4000", "Нет"]]),
        Reading(
            testDescription: "line ends of old Macintosh", file: "00:00:01.000 --> 00:00:02.000\rДа\r",
            cues: [["1", "1000", "2000", "Да"]]),
        Reading(
            testDescription: "WebVTT with everything",
            file: """
                WEBVTT - заголовок
                Kind: captions

                NOTE
                no cue here

                STYLE
                ::cue { color: red }

                first
                00:01.5 --> 00:02.50 align:start position:10%
                <v Анна>Да, <i>конечно</i> &amp; нет</v>
                """, cues: [["11", "1500", "2500", "Да, конечно & нет"]]),
        Reading(
            testDescription: "no empty line before a number",
            file: "1\n00:00:01,000 --> 00:00:02,000\nДа\n2\n00:00:03,000 --> 00:00:04,000\nНет",
            cues: [["2", "1000", "2000", "Да"], ["5", "3000", "4000", "Нет"]]),
        Reading(
            testDescription: "coordinates and overrides",
            file: "00:00:01,000-->00:00:02,000 X1:10 X2:20\n{\\an8}<font color=\"#fff\">Да</font>",
            cues: [["1", "1000", "2000", "Да"]]),
        Reading(
            testDescription: "a number as text", file: "1\n00:00:01,000 --> 00:00:02,000\n42\n",
            cues: [["2", "1000", "2000", "42"]]),
        Reading(
            testDescription: "times that cannot be read",
            file:
                "1\n00:00:1x,000 --> 00:00:02,000\nДа\n\n2\n00:99:03,000 --> 00:00:04,000\nНет\n\n3\n00:00:05 --> 00:00:06\nТут\n",
            cues: [["10", "5000", "6000", "Тут"]], problems: [2, 6]),
        Reading(
            testDescription: "text behind an empty line", file: "00:00:01,000 --> 00:00:02,000\nДа\n\nи нет\nи вот\n",
            cues: [["1", "1000", "2000", "Да"]], problems: [4]),
        Reading(testDescription: "no subtitles at all", file: "Привет\nмир\n\nещё", cues: [], problems: [1, 4]),
        Reading(testDescription: "nothing", file: "", cues: []),
        Reading(
            testDescription: "hours without end", file: "9999999999999999999:00:00,000 --> 00:00:01,000\nа", cues: [],
            problems: [1]),
    ])
    func cuesAreReadAndTheRestIsReportedByLine(_ test: Reading) {
        let file = SubtitleFile(test.file)
        #expect(
            file.cues.map { ["\($0.line)", "\($0.start)", "\($0.end)", $0.text.map(\.text).joined(separator: "|")] }
                == test.cues)
        #expect(file.problems.map(\.line) == test.problems)
    }

    @Test(
        arguments: [
            ("00:00:00,000 --> 00:00:00,700\nсорок два", []),
            ("00:00:00,000 --> 00:00:00,699\nда", ["1 1 short"]),
            ("00:00:00,000 --> 00:00:07,000\nда", []), ("00:00:00,000 --> 00:00:07,001\nда", ["1 1 long"]),
            // 20 characters in a second; a line break counts as a space.
            ("00:00:00,000 --> 00:00:01,000\nдвадцать букв\nровно", []),
            ("00:00:00,000 --> 00:00:01,000\nдвадцать букв\nровно!!", ["1 1 speed"]),
            ("00:00:00,000 --> 00:00:03,000\n123456789012345678901234567890123456789012", []),
            ("00:00:00,000 --> 00:00:03,000\n1234567890123456789012345678901234567890123", ["2 1 width"]),
            ("00:00:00,000 --> 00:00:03,000\nа\nб\nв.", ["1 1 lines"]),
            ("00:00:00,000 --> 00:00:03,000\nа\nб\nв", ["1 1 lines", "4 1 preposition"]),
            ("00:00:00,000 --> 00:00:03,000\nпошли (Из-за\nугла", ["2 1 preposition"]),
            ("00:00:00,000 --> 00:00:03,000\nповод,\nно какой под,\nда", ["1 1 lines"]),
            ("00:00:02,000 --> 00:00:01,000\nда", ["1 1 times"]), ("00:00:01,000 --> 00:00:02,000\n\n", ["1 1 empty"]),
            ("00:00:01,000 --> 00:00:02,001\nда\n\n00:00:02,000 --> 00:00:03,000\nда", ["1 1 overlap"]),
            ("00:00:03,000 --> 00:00:04,000\nда\n\n00:00:02,000 --> 00:00:03,000\nда", ["4 1 times"]),
            ("WEBVTT\n\n00:01.000 --> 00:02.000\n<v А>да\n<v Б>нет", ["3 1 speakers"]),
            ("00:00:01,000 --> 00:00:03,000\n[SPEAKER_0] да\n[SPEAKER_1] нет", ["1 1 speakers"]),
            ("oops\n\n00:00:00,000 --> 00:00:01,000\nда", ["1 0 format"]),
        ] as [(String, [String])])
    func eachRuleIsCheckedAtItsLimit(_ text: String, _ expected: [String]) {
        #expect(found(text) == expected)
    }

    @Test(arguments: UInt64(0)..<100)
    func anyBytesAreReadWithoutAnEnd(seed: UInt64) {
        var random = SeededRandom(seed)
        let parts = [
            "\n", "\r", "-->", "00:00:01,000", "1", " ", "<", ">", "{\\", "}", "&", "WEBVTT", "\u{FEFF}", "я", "NOTE",
        ]
        let text = (0..<200).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
        let file = SubtitleFile(text)
        let count = text.count { $0.isNewline } + text.count + 1
        #expect(file.cues.allSatisfy { (1...count).contains($0.line) })
        _ = CaptionCheck.violations(in: file)
    }
}
