public import ArgumentParser
public import GigaSTT

/// What the confidence of a word is.
struct ConfidenceOptions: ParsableArguments {
    @Option(
        help: """
            Confidence of words: raw, as gigastt 2.x, or calibrated by confidence.json in the folder of the model. \
            [env GIGASTT_CONFIDENCE; default raw]
            """)
    var confidence: ConfidenceScale?

    func scale() throws -> ConfidenceScale {
        try Setting.value(
            confidence, variable: "GIGASTT_CONFIDENCE", default: .raw, parse: { ConfidenceScale(rawValue: $0) })
    }
}

extension ConfidenceScale: ExpressibleByArgument {}
