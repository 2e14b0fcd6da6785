extension TranscriptFormat {
    /// Finds a format by one of its names: `json`, `txt` or `text`, `srt`, `vtt`, `md` or `markdown`, `minutes`,
    /// `ass`, `csv`, `rttm`; or by its file name extension.
    ///
    /// ASCII letters match in either case. White space is not trimmed: `" srt"` names no format.
    ///
    /// - Parameter name: The name as the user gave it.
    /// - Returns: `nil` for any other name.
    public init?(named name: String) {
        // Bytes, not characters: U+212A KELVIN SIGN is canonically equal to the letter K.
        let bytes = name.utf8.map(\.asciiLowercased)
        guard let format = Self.allCases.first(where: { $0.names.contains { bytes.elementsEqual($0.utf8) } }) else {
            return nil
        }
        self = format
    }

    /// The format's own name, as on the command line.
    package var name: String { names[0] }

    /// Every name of the format, in lower case, its own first.
    private var names: [String] {
        switch self {
        case .json, .subRip, .webVTT, .advancedSubStation, .csv, .rttm: [fileExtension]
        case .plainText: [fileExtension, "text"]
        case .markdown: [fileExtension, "markdown"]
        case .minutes: ["minutes", fileExtension]
        }
    }
}

extension UInt8 {
    /// The byte with `A`…`Z` turned into `a`…`z`.
    fileprivate var asciiLowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
