package import STTValues

/// Identifies one decode, or the writing of one text, of a stream, so that a late result finds its utterance, if that still waits.
package struct DecodeID: Hashable, Sendable {
    let number: Int
}

/// A window of a stream to be decoded.
package struct DecodeRequest: Sendable {
    package enum Purpose: Sendable, Hashable {
        /// Text that will stand.
        case final
        /// Text of the open utterance, which may change.
        case partial
        /// Whether there are words in what may be noise: the answer decides where the utterance ends.
        case probe
    }

    package let id: DecodeID
    package let purpose: Purpose
    /// Whether the final is decoded before the endpoint is certain.
    package let isAhead: Bool
    package let window: FeatureWindow
    /// First encoder frame of the window, counted from the start of the stream.
    package let encoderOffset: Int
    package let options: DecodeOptions
}

extension DecodeRequest {
    /// What the encoder runs for.
    var encoderPurpose: EncoderPurpose {
        switch purpose {
        case .final: isAhead ? .ahead : .final
        case .partial: .partial
        case .probe: .probe
        }
    }
}

/// One reading of a window, in the time of the stream.
package struct Reading: Sendable, Hashable {
    package var words: [Word]
    /// Natural logarithm of its probability, to be compared within one window.
    package var score: Double

    package init(words: [Word], score: Double = 0) {
        (self.words, self.score) = (words, score)
    }
}

/// What a decode gave.
package enum DecodeOutcome: Sendable {
    /// The readings of the window, the best one first; several only where they were asked for.
    case read([Reading])
    /// The queue had no room for a partial, or a newer one took its place.
    case skipped

    /// One reading.
    package static func words(_ words: [Word]) -> DecodeOutcome { .read([Reading(words: words)]) }
}
