import Testing

@testable import GigaSTTCommand

/// What is done with each recording, and what its outputs are called.
@Suite struct BatchMachineTests {
    private static let digest = String(repeating: "ab", count: 32)
    private static let other = String(repeating: "cd", count: 32)

    private func file(_ path: String, size: Int64 = 10, modified: Int64 = 1) -> BatchSource {
        BatchSource(path: RawPath(path), size: size, modified: modified)
    }

    private func entry(
        _ path: String, _ digest: String = digest, options: String = "o", name: String? = nil, isGone: Bool = false
    ) -> LedgerEntry {
        LedgerEntry(
            source: path, size: 10, modified: 1, digest: digest, options: options,
            name: name ?? RawPath(path).stem.description, duration: 2, isGone: isGone)
    }

    private func machine(_ entries: [LedgerEntry] = [], outputsHoldName: Bool = false) -> BatchMachine {
        BatchMachine(entries: entries, options: "o", outputsHoldName: outputsHoldName)
    }

    @Test func aFileThatWasTranscribedIsKnownWithoutReadingIt() {
        let machine = machine([
            entry("a.wav"), entry("b.wav", options: "x"), entry("c.wav", options: LedgerEntry.baseline),
        ])
        #expect(machine.finished(file("a.wav")) == entry("a.wav"))
        #expect(machine.finished(file("c.wav")) != nil)
        for changed in [file("a.wav", size: 11), file("a.wav", modified: 2), file("d/a.wav"), file("b.wav")] {
            #expect(machine.finished(changed) == nil)
        }
    }

    @Test(
        arguments: [
            // What is in the ledger, the recording, its content, the work.
            ([], "a.wav", digest, BatchMachine.Work.recognise(name: RawPath("a"))),
            // Changed content and changed options: its own outputs are replaced.
            (
                [LedgerEntry(source: "a.wav", size: 10, modified: 1, digest: digest, options: "o", name: "a")], "a.wav",
                other,
                .recognise(name: RawPath("a"))
            ),
            (
                [LedgerEntry(source: "a.wav", size: 10, modified: 1, digest: digest, options: "x", name: "a")], "a.wav",
                digest,
                .recognise(name: RawPath("a"))
            ),
            // Another recording of the same name: nothing is overwritten.
            (
                [LedgerEntry(source: "x/a.wav", size: 10, modified: 1, digest: digest, options: "o", name: "a")],
                "a.mp3", other,
                .recognise(name: RawPath("a-cdcdcdcd"))
            ),
            (
                [LedgerEntry(source: "x/A.wav", size: 10, modified: 1, digest: digest, options: "o", name: "A")],
                "a.mp3", other,
                .recognise(name: RawPath("a-cdcdcdcd"))
            ),
            // The recording of that name was moved away: this is a new one.
            (
                [
                    LedgerEntry(
                        source: "a.wav", size: 10, modified: 1, digest: digest, options: "o", name: "a", isGone: true)
                ],
                "a.wav", other, .recognise(name: RawPath("a-cdcdcdcd"))
            ),
        ] as [([LedgerEntry], String, String, BatchMachine.Work)])
    func outputsAreNamedSoThatNothingIsOverwritten(
        _ entries: [LedgerEntry], _ path: String, _ digest: String, _ expected: BatchMachine.Work
    ) {
        var machine = machine(entries)
        #expect(machine.begin(file(path), digest: digest) == expected)
    }

    @Test func theSameContentIsRecognisedOnce() {
        let known = entry("x/a.wav")
        var machine = machine([known])
        #expect(machine.begin(file("y/a.wav"), digest: Self.digest) == .skip(known))
        #expect(machine.begin(file("y/b.wav"), digest: Self.digest) == .copy(from: known, name: RawPath("b")))
        // A format with the name in it cannot be copied to another name.
        var named = self.machine([known], outputsHoldName: true)
        #expect(named.begin(file("y/a.wav"), digest: Self.digest) == .skip(known))
        #expect(named.begin(file("y/b.wav"), digest: Self.digest) == .recognise(name: RawPath("b")))
    }

    @Test func whatIsBeingRecognisedIsWaitedFor() {
        var machine = machine()
        #expect(machine.begin(file("a.wav"), digest: Self.digest) == .recognise(name: RawPath("a")))
        #expect(machine.begin(file("b.wav"), digest: Self.digest) == .wait)
        #expect(machine.begin(file("c.wav"), digest: Self.other) == .recognise(name: RawPath("c")))
        machine.record(entry("a.wav"))
        #expect(machine.end(file("a.wav"), digest: Self.digest) == [file("b.wav")])
        #expect(machine.begin(file("b.wav"), digest: Self.digest) == .copy(from: entry("a.wav"), name: RawPath("b")))
        // After a failure the next one of the same content has its turn.
        #expect(machine.begin(file("d.wav"), digest: Self.other) == .wait)
        #expect(machine.end(file("c.wav"), digest: Self.other) == [file("d.wav")])
        #expect(machine.begin(file("d.wav"), digest: Self.other) == .recognise(name: RawPath("d")))
    }

    @Test func outputsThatWereDeletedAreMadeAgain() {
        var machine = machine([entry("a.wav")])
        machine.forget(entry("a.wav"))
        #expect(machine.finished(file("a.wav")) == nil)
        #expect(machine.begin(file("a.wav"), digest: Self.digest) == .recognise(name: RawPath("a")))
    }

    @Test func aLongNameLeavesRoomForTheExtension() throws {
        var machine = machine()
        // 126 letters of two bytes.
        let path = String(repeating: "ж", count: 126) + ".wav"
        guard case .recognise(let name) = machine.begin(file(path), digest: Self.digest) else {
            Issue.record("not recognised")
            return
        }
        #expect(name.bytes.count == 200 && String(validating: name.bytes, as: UTF8.self) != nil)
    }

    /// Any order of any recordings: each name of outputs has one recording or one content.
    @Test(arguments: 0..<50) func noTwoContentsShareOutputs(seed: UInt64) {
        var state = seed &* 2_654_435_761 &+ 1
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var machine = machine()
        var owner: [String: String] = [:]
        var running: [(BatchSource, String, RawPath)] = []
        for number in 0..<60 {
            let path = "\(random(3))/\(["a", "A", "b"][random(3)]).\(["wav", "mp3"][random(2)])"
            let source = BatchSource(path: RawPath(path), size: Int64(number), modified: 1)
            let digest = String(repeating: "\(random(6))", count: 64)
            switch machine.begin(source, digest: digest) {
            case .recognise(let name): running.append((source, digest, name))
            case .copy(let from, let name):
                // What is copied is the content that the entry says.
                #expect(from.digest == digest && owner[from.name.lowercased()] == digest)
                #expect(
                    owner[name.description.lowercased()].map { $0 == digest } ?? true || machine.finished(source) == nil
                )
                owner[name.description.lowercased()] = digest
                machine.record(
                    LedgerEntry(
                        source: path, size: source.size, modified: 1, digest: digest, options: "o",
                        name: name.description))
            case .skip(let entry): #expect(owner[entry.name.lowercased()] == digest)
            case .wait: #expect(running.contains { $0.1 == digest })
            case .refuse: Issue.record("nothing was attempted before")
            }
            if random(2) == 0, !running.isEmpty {
                let (source, digest, name) = running.remove(at: random(running.count))
                // Nothing that runs has the same name.
                #expect(
                    !running.contains {
                        $0.2.description.lowercased() == name.description.lowercased() && $0.0.path != source.path
                    })
                owner[name.description.lowercased()] = digest
                machine.record(
                    LedgerEntry(
                        source: source.path.description, size: source.size, modified: 1, digest: digest, options: "o",
                        name: name.description))
                _ = machine.end(source, digest: digest)
            }
        }
    }
}
