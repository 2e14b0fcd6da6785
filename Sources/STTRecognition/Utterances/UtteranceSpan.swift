package import STTValues

/// A closed utterance: which frames it accounts for and which the encoder reads.
package struct UtteranceSpan: Sendable, Hashable {
    /// Frames this utterance accounts for; the spans of a recording follow one another without gap or overlap.
    package var coverage: Range<Int>
    /// Frames to decode; `nil` without speech. Beyond `coverage` it holds context whose words belong to the
    /// neighbour.
    package var window: Range<Int>?
    package var endpoint: EndpointReason
    /// Whether the utterance before ran into this one without a pause.
    package var continues = false

    /// Whether the window reads beyond a cut in speech without a pause.
    var isCut: Bool { window.map { $0.upperBound > coverage.upperBound } ?? false }
}
