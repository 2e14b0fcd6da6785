import STTValues

// Sources, sizes and pins are those of gigastt. Where the exact size is not known, the limit lies well above it.
extension ModelCatalog {
    /// GigaAM v3, the multilingual heads, Silero VAD, RUPunct and WeSpeaker as published.
    public static let standard = ModelCatalog(
        heads: [
            .rnnt: Head(
                quantized: ModelFile(
                    path: "v3_rnnt_encoder_int8.onnx", source: "\(release)/v3_rnnt_encoder_int8.onnx",
                    sha256: "c52665e9d96c4ca3a153c063d2ee9af6c567fe2975ca50fd038b75bbf2f60e7f",
                    size: .atMost(300_000_000), form: .reference),
                matmul: ModelFile(
                    path: "v3_rnnt_encoder_int8.onnx", source: "\(matmulRelease)/v3_rnnt_encoder_int8.onnx",
                    sha256: "1d5a6f580b692e38ba35ed98d0f54648808f27b0a147dc11bd8978c15dc1a18f",
                    size: .atMost(426_000_000), form: .matmul),
                float: ModelFile(
                    path: "v3_rnnt_encoder.onnx", source: "\(v3)/v3_rnnt_encoder.onnx",
                    sha256: "7ae7509c3f1128369564df0b00e2ee4950adf539de2392ac5c800a5bc04c7132",
                    size: .atMost(1_100_000_000)),
                companions: [
                    ModelFile(
                        path: "v3_vocab.txt", source: "\(v3)/v3_vocab.txt",
                        sha256: "a9143c30844d3c0bee3e9e927e4084774eb1b9eeaafc473b2c4521e4911a7c07",
                        size: .exactly(198)),
                    ModelFile(
                        path: "v3_rnnt_decoder.onnx", source: "\(v3)/v3_rnnt_decoder.onnx",
                        sha256: "443c3b7bd42b453611618135d6b1e7d9467e5dd97c8a68501da4aa355750c0da",
                        size: .atMost(8_000_000)),
                    ModelFile(
                        path: "v3_rnnt_joint.onnx", source: "\(v3)/v3_rnnt_joint.onnx",
                        sha256: "fd1d02f45c2ad3d6b67cc149811ad794ab4b020ed49a0a9e2790a8619d1cddd8",
                        size: .atMost(5_000_000)),
                ]),
            .e2eRNNT: Head(
                quantized: ModelFile(
                    path: "v3_e2e_rnnt_encoder_int8.onnx", source: "\(release)/v3_e2e_rnnt_encoder_int8.onnx",
                    sha256: "cf51b300af47cea099e17c806f8fecce2c46e9e8deb4709ec203f8970a067389",
                    size: .atMost(300_000_000), form: .reference),
                matmul: ModelFile(
                    path: "v3_e2e_rnnt_encoder_int8.onnx", source: "\(matmulRelease)/v3_e2e_rnnt_encoder_int8.onnx",
                    sha256: "16805903b102d8b27bb0253de044f25e33a8a5bf07fce0c4da4ac1a5a7544091",
                    size: .atMost(426_000_000), form: .matmul),
                float: ModelFile(
                    path: "v3_e2e_rnnt_encoder.onnx", source: "\(v3)/v3_e2e_rnnt_encoder.onnx",
                    sha256: "cd60b3764a832e8560ae6d3ad0b10adc1a42ffae412b9476f25620aae4f4a508",
                    size: .atMost(1_100_000_000)),
                companions: [
                    ModelFile(
                        path: "v3_e2e_rnnt_vocab.txt", source: "\(v3)/v3_e2e_rnnt_vocab.txt",
                        sha256: "39abae20e692998290c574e606f11a9edef2902a1995463fcff63d1490cf22b7",
                        size: .atMost(100_000)),
                    ModelFile(
                        path: "v3_e2e_rnnt_decoder.onnx", source: "\(v3)/v3_e2e_rnnt_decoder.onnx",
                        sha256: "7b0a16d67fd2cb37061decc93c69e364a9ab27afee3c57495d55b1c974cf7231",
                        size: .atMost(10_000_000)),
                    ModelFile(
                        path: "v3_e2e_rnnt_joint.onnx", source: "\(v3)/v3_e2e_rnnt_joint.onnx",
                        sha256: "602ff7017a93311aad34df1437c8d7f49911353c13d6eae7a6ee7b041339465c",
                        size: .atMost(8_000_000)),
                ]),
            .multilingualCTC: Head(
                quantized: ModelFile(
                    path: "multilingual_ctc.int8.onnx", source: "\(multilingual)/multilingual_ctc.int8.onnx",
                    sha256: "e08e27ae5669b39f0c378fae101bbbb9a80505f74f9b66719c309bf5b894a480",
                    size: .atMost(300_000_000)),
                float: nil, companions: [multilingualVocabulary]),
            .multilingualLargeCTC: Head(
                quantized: ModelFile(
                    path: "multilingual_large_ctc.int8.onnx",
                    source: "\(huggingFace)/istupakov/gigaam-multilingual-large-ctc-onnx/resolve/main/"
                        + "multilingual_large_ctc.int8.onnx",
                    sha256: "b2ad9c38fc04197ba758105d33f7404fd13d977958722e0f49e3f3e22521f1c6",
                    size: .atMost(800_000_000)),
                float: nil, companions: [multilingualVocabulary]),
        ],
        extras: [
            .voiceActivity: [
                ModelFile(
                    path: "vad/silero_vad.onnx",
                    source: "https://github.com/snakers4/silero-vad/raw/v5.1.2/src/silero_vad/data/silero_vad.onnx",
                    sha256: "2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f",
                    size: .atMost(5_000_000))
            ],
            .punctuation: [
                ModelFile(
                    path: "punct/config.json", source: "\(punctuation)/config.json",
                    sha256: "6924a8cf41ec2bd3a3aa73a387ae0ccd0aed253ec7cac4d2f53c7d27440891eb",
                    size: .atMost(1_000_000)),
                ModelFile(
                    path: "punct/tokenizer.json", source: "\(punctuation)/tokenizer.json",
                    sha256: "7ca617388c2092a3a84272025c52bbf3c6db0aee225c0351186295c0b5d3ddc6",
                    size: .atMost(50_000_000)),
                ModelFile(
                    path: "punct/rupunct_small_int8.onnx", source: "\(punctuation)/rupunct_small_int8.onnx",
                    sha256: "b105da023474d98aa13ba18953ae67b04b17bd0595034bc06030c17536893933",
                    size: .atMost(60_000_000)),
            ],
            .speaker: [
                ModelFile(
                    path: "wespeaker_resnet34.onnx",
                    source: "\(huggingFace)/onnx-community/wespeaker-voxceleb-resnet34-LM/resolve/main/onnx/model.onnx",
                    sha256: "3955447b0499dc9e0a4541a895df08b03c69098eba4e56c02b5603e9f7f4fcbb",
                    size: .exactly(26_535_549))
            ],
        ])

    private static let huggingFace = "https://huggingface.co"
    private static let v3 = "\(huggingFace)/istupakov/gigaam-v3-onnx/resolve/main"
    private static let multilingual = "\(huggingFace)/istupakov/gigaam-multilingual-ctc-onnx/resolve/main"
    private static let punctuation = "\(huggingFace)/ekhodzitsky/rupunct-small-onnx/resolve/main"
    private static let releases = "https://github.com/ekhodzitsky/gigastt/releases/download"
    private static let release = "\(releases)/models-v3-2026-06-22"
    /// Its other files are those of the release before.
    private static let matmulRelease = "\(releases)/models-v3-2026-10-09"

    private static let multilingualVocabulary = ModelFile(
        path: "multilingual_vocab.txt", source: "\(multilingual)/multilingual_vocab.txt",
        sha256: "4d130287892e1099fedfb3f93c4b4cf8a263151158801680b28977d1be4133f4", size: .atMost(10_000))
}
