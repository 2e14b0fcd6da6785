import Foundation

/// All engines in turn, recording by recording: what disturbs the machine disturbs all of them.
struct PeerRace {
    /// A recording of an hour on a slow engine; only what hangs takes longer.
    private static let longestAnswer = Duration.seconds(1_800)

    let places: PeerPlaces
    let recordings: PeerRecordings
    let repetitions: Int

    func run(_ engines: [PeerEngine], threads: Int, note: (String) -> Void) -> [PeerRecord] {
        var records = engines.map { PeerRecord(name: $0.name) }
        var running = engines.indices.map { index -> LineProcess? in
            // One at a time: they would disturb each other while they load.
            attempt(&records[index], note) { try start(engines[index], threads, &$0) } ?? nil
        }
        for group in recordings.groups {
            for round in 0...repetitions {
                for position in engines.indices {
                    // Each comes first, and each follows each other one, at some time.
                    let index = (position + round) % engines.count
                    guard let process = running[index] else { continue }
                    let run = attempt(&records[index], note) { try measure(group, process, &$0) }
                    if run == nil { running[index] = nil }
                    // The first round warms up.
                    if let run, round > 0 { records[index].runs[group.name, default: []].append(run) }
                }
                note("\(group.name), \(threads) threads: round \(round) of \(repetitions)")
            }
        }
        return records
    }

    private func attempt<Value>(
        _ record: inout PeerRecord, _ note: (String) -> Void, _ body: (inout PeerRecord) throws -> Value
    ) -> Value? {
        do {
            return try body(&record)
        } catch {
            record.failure = "\(error)"
            note("\(record.name) is out: \(error)")
            return nil
        }
    }

    private func start(_ engine: PeerEngine, _ threads: Int, _ record: inout PeerRecord) throws -> LineProcess {
        let process = try places.start(engine, threads: threads)
        record.load = try PeerAnswer(line: process.answer(within: Self.longestAnswer)).loadS ?? 0
        try process.send(recordings.first.path)
        _ = try PeerAnswer(line: process.answer(within: Self.longestAnswer))
        record.firstText = (ContinuousClock.now - process.start) / .seconds(1)
        return process
    }

    private func measure(
        _ group: PeerRecordings.Group, _ process: LineProcess, _ record: inout PeerRecord
    ) throws -> PeerRun {
        var run = PeerRun()
        for file in group.files {
            try process.send(file.path)
            let answer = try PeerAnswer(line: process.answer(within: Self.longestAnswer))
            try run.add(answer)
            record.peakMegabytes = max(record.peakMegabytes, answer.peakMb ?? 0)
        }
        return run
    }
}
