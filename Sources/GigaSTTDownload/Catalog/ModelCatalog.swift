public import STTValues

/// The files that are known, by what they are for.
public struct ModelCatalog: Sendable {
    /// The files of one head.
    public struct Head: Sendable {
        /// The encoder with eight-bit weights; of a CTC head the only graph.
        public let quantized: ModelFile
        /// The same encoder in the form `matmul`; `nil` where none is published.
        public let matmul: ModelFile?
        /// The encoder with 32-bit weights; `nil` when none is published with a pin.
        public let float: ModelFile?
        /// What the head needs beside an encoder.
        public let companions: [ModelFile]

        /// The files of a head.
        public init(
            quantized: ModelFile, matmul: ModelFile? = nil, float: ModelFile?, companions: [ModelFile]
        ) {
            self.quantized = quantized
            self.matmul = matmul
            self.float = float
            self.companions = companions
        }

        var encoders: [ModelFile] { [quantized] + [matmul, float].compactMap(\.self) }
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
        case .form(let form):
            guard let file = head.encoders.first(where: { $0.form == form }) else {
                throw Self.unknown("encoder of the head \(name.rawValue) in the form \(form.rawValue)")
            }
            return head.companions + [file]
        case .float:
            guard let float = head.float else { throw Self.unknown("float encoder of the head \(name.rawValue)") }
            return head.companions + [float]
        case .own: return head.companions
        }
    }

    /// The files that may be in the place of `file` in a folder for `selection`, itself first.
    func alternatives(to file: ModelFile, in selection: ModelSelection) -> [ModelFile] {
        guard let head = selection.head.flatMap({ heads[$0] }), selection.encoder == .quantized, file == head.quantized
        else { return [file] }
        return [file] + [head.matmul].compactMap(\.self)
    }

    /// Every file once, sorted by path; an encoder of two forms twice.
    public var allFiles: [ModelFile] {
        let files = Set(heads.values.flatMap { $0.encoders + $0.companions } + extras.values.flatMap(\.self))
        return files.sorted { ($0.path, $0.sha256) < ($1.path, $1.sha256) }
    }

    private static func unknown(_ what: String) -> DownloadError {
        DownloadError(
            .notPublished,
            "There is no published \(what) with a known checksum. Choose another, or copy its files into the model "
                + "folder by hand.")
    }
}
