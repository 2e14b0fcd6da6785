import ArgumentParser

/// How many readings of each utterance are wanted.
struct AlternativeOptions: ParsableArguments {
    @Option(
        help: """
            Readings of each utterance in JSON, 1 to 10, by a beam search; rnnt and e2e_rnnt only. \
            [env GIGASTT_MAX_ALTERNATIVES; default 1]
            """)
    var maxAlternatives: Int?

    /// The number of readings. `showsJSON`: whether the output has a place for them.
    func count(showsJSON: Bool) throws -> Int {
        let count = try Setting.value(
            maxAlternatives, variable: "GIGASTT_MAX_ALTERNATIVES", default: 1,
            parse: { Int($0).flatMap { (1...10).contains($0) ? $0 : nil } })
        guard (1...10).contains(count) else { throw ValidationError("--max-alternatives must be 1 to 10") }
        // The variable may be set for other commands, too.
        if maxAlternatives != nil, count > 1, !showsJSON {
            throw ValidationError("--max-alternatives needs JSON output")
        }
        return showsJSON ? count : 1
    }
}
