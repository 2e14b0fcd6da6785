/// What a model was trained to write, and so which files it consists of. A folder is searched for them in the order of
/// `allCases`.
public enum RecognitionHead: String, Sendable, Hashable, CaseIterable {
    /// Bare lower-case Russian by an RNN-T; the default.
    case rnnt
    /// Russian with punctuation, capitals and digits by an RNN-T.
    case e2eRNNT = "e2e_rnnt"
    /// Bare lower-case text in several languages by CTC.
    case multilingualCTC = "ml_ctc"
    /// The same, 600 M parameters.
    case multilingualLargeCTC = "ml_ctc_large"
    /// Bare lower-case Russian by CTC.
    case ctc
    /// Russian with punctuation, capitals and digits by CTC.
    case e2eCTC = "e2e_ctc"

    /// Whether the model itself writes figures, marks and capitals.
    public var writesFormattedText: Bool { self == .e2eRNNT || self == .e2eCTC }

    /// Whether the head is an RNN-T, whose search can give several readings.
    public var isTransducer: Bool { self == .rnnt || self == .e2eRNNT }

    /// Reads a name as users write it: trimmed, in any case, with `-` or `_`; `nil` when there is no such head.
    public init?(name: String) {
        self.init(rawValue: name.trimmedASCII.lowercased().replacing("-", with: "_"))
    }
}

extension String {
    /// The text without ASCII white space around it.
    package var trimmedASCII: String {
        let spaces: Set<Character> = [" ", "\t", "\n", "\r", "\r\n"]
        return String(drop { spaces.contains($0) }.reversed().drop { spaces.contains($0) }.reversed())
    }
}
