import Foundation
import TestSupport
import Testing

@testable import GigaSTTCommand

/// The ledger of a batch: attempts that ended with their process, and a size that stays bounded.
@Suite struct LedgerTests {
    private func file(_ path: String, size: Int64 = 10) -> BatchSource {
        BatchSource(path: RawPath(path), size: size, modified: 1)
    }

    private func attempt(_ path: String, _ count: Int, options: String = "o") -> LedgerAttempt {
        LedgerAttempt(file(path), options: options, count: count)
    }

    private func entry(_ path: String, _ digest: String, name: String? = nil, isGone: Bool = false) -> LedgerEntry {
        LedgerEntry(
            source: path, size: 10, modified: 1, digest: digest, options: "o",
            name: name ?? RawPath(path).stem.description, isGone: isGone)
    }

    private func machine(_ ledger: Ledger) -> BatchMachine {
        BatchMachine(entries: ledger.entries, attempts: ledger.attempts, options: "o", outputsHoldName: false)
    }

    @Test func attemptsAreCountedUntilOneEnds() throws {
        let lines: [LedgerRecord] = [
            .attempt(attempt("a.wav", 1)), .attempt(attempt("a.wav", 2)), .attempt(attempt("b.wav", 3)),
            .attempt(attempt("c.wav", 3)), .attempt(attempt("c.wav", 0)), .attempt(attempt("d.wav", 3)),
            .entry(entry("d.wav", "d")), .attempt(attempt("e.wav", 3, options: "other")),
        ]
        let text = LedgerText.head + Data(try lines.map(LedgerText.line).joined())
        #expect(try LedgerText.records(text) == lines)
        var machine = machine(Ledger(lines))
        let counts = ["a", "b", "c", "d", "e", "f"].map { machine.lostAttempts(file("\($0).wav")) }
        #expect(counts == [2, 3, 0, 0, 0, 0])
        // A changed file is another recording.
        #expect(machine.lostAttempts(file("b.wav", size: 11)) == 0)
        #expect(machine.begin(file("a.wav"), digest: "a") == .recognise(name: RawPath("a")))
        #expect(machine.begin(file("b.wav"), digest: "b") == .refuse)
        // A recording of the same content has its own attempts.
        #expect(machine.begin(file("g.wav"), digest: "b") == .recognise(name: RawPath("g")))
    }

    /// Any history: what is left of it says the same of every recording, and takes no name that is in use.
    @Test(arguments: 0..<40) func aShorterLedgerDecidesTheSame(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let paths = (0..<8).map { "\($0 % 2)/\(["a", "A", "b", "c"][$0 / 2]).wav" }
        var (full, short) = (BatchMachine(entries: [], options: "o", outputsHoldName: false), Ledger())
        for _ in 0..<300 {
            let path = try #require(paths.randomElement(using: &random))
            let digest = "\(Int.random(in: 0..<5, using: &random))"
            var written: LedgerEntry?
            switch full.begin(file(path), digest: digest) {
            case .recognise(let name):
                written = entry(path, digest, name: name.description, isGone: Bool.random(using: &random))
            case .copy(_, let name): written = entry(path, digest, name: name.description)
            case .skip(let other): written = entry(path, digest, name: other.name)
            case .wait, .refuse: break
            }
            guard let written else { continue }
            full.record(written)
            _ = full.end(file(path), digest: digest)
            short.add(.entry(written))
            if Int.random(in: 0..<4, using: &random) == 0 { short = Ledger(short.records) }
        }
        let count = short.lineCount
        short.rewritten()
        let names = Set(short.entries.map { RawPath($0.name).folded }).count
        #expect(short.lineCount <= paths.count + 2 * names && short.lineCount <= count)
        let rest = machine(short)
        for path in paths {
            #expect(full.finished(file(path)) == rest.finished(file(path)))
            for digest in ["0", "1", "2", "3", "4", "new"] {
                var (one, other) = (full, rest)
                let (before, after) = (one.begin(file(path), digest: digest), other.begin(file(path), digest: digest))
                // Outputs that the longer ledger had lost sight of may be used, and nothing else differs.
                if let name = self.name(after), let expected = self.name(before) { #expect(name == expected) }
                if case .recognise = after { #expect(after == before) }
            }
        }
    }

    /// The name under which a recording is written.
    private func name(_ work: BatchMachine.Work) -> RawPath? {
        switch work {
        case .recognise(let name), .copy(_, let name): name
        case .skip, .wait, .refuse: nil
        }
    }

    @Test func aFileWithReplacedLinesIsWrittenAnew() async throws {
        let folder = try TemporaryFolder()
        let place = RawPath(folder.url.path)
        let name = folder.path(LedgerFile.name)
        var ledger: LedgerFile? = try LedgerFile(in: place)
        let before = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
        for number in 0..<3 * Ledger.slack {
            try ledger?.append(attempt("a.wav", 1))
            if number % 100 == 0 { try ledger?.append(entry("a.wav", "\(number)")) }
        }
        try ledger?.append(attempt("b.wav", 2))
        let text = try Data(contentsOf: URL(fileURLWithPath: name))
        #expect(text.count { $0 == 10 } < Ledger.slack + 10 && text.starts(with: LedgerText.head))
        #expect(try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [LedgerFile.name])
        // The new file is locked as the old one was.
        let error = #expect(throws: ExitFailure.self) { _ = try LedgerFile(in: place) }
        #expect(error?.message.hasPrefix("Another gigastt writes to") == true)
        ledger = nil
        let again = try LedgerFile(in: place)
        #expect(again.entries.map(\.digest) == ["2900"])
        #expect(again.attempts.mapValues(\.count) == [RawPath("a.wav"): 1, RawPath("b.wav"): 2])
    }
}
