public import STTValues

/// The files that are known, by what they are for.
public struct ModelCatalog: Sendable {
    /// The files of one head.
    public struct Head: Sendable {
        /// The encoder with eight-bit weights; of a CTC head the only graph.
        public let quantized: ModelFile
        /// The encoder with 32-bit weights; `nil` when none is published with a pin.
        public let float: ModelFile?
        /// What the head needs beside an encoder.
        public let companions: [ModelFile]

        /// The files of a head.
        public init(quantized: ModelFile, float: ModelFile?, companions: [ModelFile]) {
            self.quantized = quantized
            self.float = float
            self.companions = companions
        }
    }

    /// The heads that can be fetched.
    public let heads: [RecognitionHead: Head]
    /// What else can be fetched.
    public let extras: [ModelSelection.Extra: [ModelFile]]

    /// A catalogue of one's own: for tests, and for models of one's own.
    public init(heads: [RecognitionHead: Head], extras: [ModelSelection.Extra: [ModelFile]] = [:]) {
        self.heads = heads
        self.extras = extras
    }

    /// The files of `selection`: first what the head needs, its encoder last of that, then the extras. So a folder that
    /// holds an encoder holds the rest, and a mirror without extras still gives a model.
    ///
    /// Throws `DownloadError` with the code `notPublished` when the catalogue has no such model.
    public func files(for selection: ModelSelection) throws(DownloadError) -> [ModelFile] {
        var files =
            try selection.head.map { name throws(DownloadError) in
                try filesOfHead(name, encoder: selection.encoder)
            } ?? []
        for extra in ModelSelection.Extra.allCases where selection.extras.contains(extra) {
            guard let known = extras[extra] else { throw Self.unknown("model \(extra)") }
            files += known
        }
        return files
    }

    private func filesOfHead(
        _ name: RecognitionHead, encoder: ModelSelection.Encoder
    ) throws(DownloadError) -> [ModelFile] {
        guard let head = heads[name] else { throw Self.unknown("model of the head \(name.rawValue)") }
        switch encoder {
        case .quantized: return head.companions + [head.quantized]
        case .float:
            guard let float = head.float else { throw Self.unknown("float encoder of the head \(name.rawValue)") }
            return head.companions + [float]
        }
    }

    /// Every file once, sorted by path.
    public var allFiles: [ModelFile] {
        let ofHeads = heads.values.flatMap { [$0.quantized] + ($0.float.map { [$0] } ?? []) + $0.companions }
        return Set(ofHeads + extras.values.flatMap(\.self)).sorted { $0.path < $1.path }
    }

    private static func unknown(_ what: String) -> DownloadError {
        DownloadError(
            .notPublished,
            "There is no published \(what) with a known checksum. Choose another, or copy its files into the model "
                + "folder by hand.")
    }
}
