import Foundation
import Testing

@testable import GigaSTTCommand

/// Progress, ledger, report and names of a batch.
@Suite struct BatchValueTests {
    private func file(_ path: String, _ size: Int64) -> BatchSource {
        BatchSource(path: RawPath(path), size: size, modified: 1)
    }

    @Test func progressIsInSecondsOfAudioByKind() {
        var progress = BatchProgress()
        for (path, size) in [("a.wav", 32_000), ("b.wav", 64_000), ("c.mp3", 1_000), ("d.mp3", 2_000)] {
            progress.add(file(path, Int64(size)))
        }
        #expect(progress.remaining == nil && progress.line(elapsed: 1) == "0 of 4 done")
        progress.finish(file("a.wav", 32_000), seconds: 1)
        // Nothing is known of MP3 yet: the rate of the others.
        #expect(progress.remaining == 2 + 3_000.0 / 32_000)
        progress.finish(file("c.mp3", 1_000), seconds: 1)
        #expect(progress.remaining == 4)
        #expect(progress.line(elapsed: 3) == "2 of 4 done, 4 s of audio left, about 6 s to go")
        progress.advance(file("b.wav", 64_000), to: 1)
        #expect(progress.remaining == 3 && progress.timeLeft(elapsed: 3) == 3)
        progress.finish(file("b.wav", 64_000), seconds: nil)
        progress.finish(file("d.mp3", 2_000), seconds: 2)
        #expect(progress.line(elapsed: 9) == "4 of 4 done" && progress.remaining == 0)
    }

    @Test func aLedgerIsReadAsFarAsItIsWhole() throws {
        let entries = ["a.wav", "б\n.wav", ArgumentBytes.text([0xFF, 0x2E])].map {
            LedgerRecord.entry(
                LedgerEntry(
                    source: $0, size: 1, modified: 2, digest: "d", options: "o", name: "n", duration: 1.5, isGone: true)
            )
        }
        let lines = try entries.map(LedgerText.line)
        #expect(lines.allSatisfy { $0.last == 10 && $0.count { $0 == 10 } == 1 })
        let text = LedgerText.head + Data(lines.joined())
        #expect(try LedgerText.records(text) == entries)
        for count in 0..<lines[2].count - 1 {
            #expect(try LedgerText.records(text.dropLast(lines[2].count - count)) == Array(entries.prefix(2)))
        }
        #expect(try LedgerText.records(Data("{\"gigasttBatch\":1}\nnonsense\n{}\n".utf8) + lines[0]) == [entries[0]])
        #expect(try LedgerText.records(Data()) == [])
        #expect(throws: LedgerText.UnknownVersion.self) { try LedgerText.records(Data("{\"gigasttBatch\":2}\n".utf8)) }
    }

    @Test(arguments: [
        ("plain/a-1.wav", "plain/a-1.wav"), ("", "''"), ("two words", "'two words'"), ("it's", #"'it'\''s'"#),
        ("запись.wav", "запись.wav"), ("a\nb'", #"$'a\x0ab\''"#), ("$(rm)", "'$(rm)'"),
    ])
    func argumentsAreQuotedForTheShell(_ argument: String, _ expected: String) {
        #expect(ShellQuote.quoted(Array(argument.utf8)) == expected)
    }

    @Test func bytesThatAreNoTextAreQuotedAndPrinted() {
        #expect(ShellQuote.quoted([0x61, 0xFF]) == #"$'a\xff'"#)
        #expect(RawPath(bytes: [0x61, 0xFF, 0x0A]).printable == #"a\xff\x0a"#)
        #expect(RawPath("б.wav").printable == "б.wav")
    }

    @Test(arguments: [
        ("a/b.c.wav", "b.c", "wav"), (".hidden", ".hidden", ""), ("a.d/b", "b", ""), ("A.MP3", "A", "mp3"),
        ("a.", "a", ""),
    ])
    func namesAreDivided(_ path: String, _ stem: String, _ fileExtension: String) {
        #expect(RawPath(path).stem == RawPath(stem) && RawPath(path).fileExtension == fileExtension)
    }

    @Test func aReportCountsAndNamesEverything() throws {
        var report = BatchReport()
        report.add(.init(path: RawPath("b.wav"), outcome: .processed(outputs: [RawPath("b.txt")]), seconds: 3))
        report.add(.init(path: RawPath("a.wav"), outcome: .failed("Empty audio payload")))
        report.add(.init(path: RawPath(bytes: [0xFF]), outcome: .skipped))
        report.elapsed = 2
        #expect(report.summary == "processed=1 failed=1 skipped=1 audio_seconds=3.0 elapsed_seconds=2.0 speed=1.5")
        #expect(
            report.text == """
                failed   a.wav: Empty audio payload
                done     b.wav -> b.txt
                skipped  \\xff
                \(report.summary)

                """)
        let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any] ?? [:]
        let files = object["files"] as? [[String: Any]] ?? []
        #expect(files.map { $0["status"] as? String } == ["failed", "processed", "skipped"])
        #expect(files.last?["path_bytes"] as? String == "ff" && files[0]["error"] as? String == "Empty audio payload")
    }
}
