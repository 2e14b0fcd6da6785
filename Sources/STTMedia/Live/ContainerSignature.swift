/// Names containers by their first bytes, where something else is expected.
public enum ContainerSignature {
    /// Bytes that are looked at.
    public static let byteCount = 16

    /// The name of the container that begins so, such as `WAV`; `nil` when none is known to.
    public static func name(of start: [UInt8]) -> String? {
        signatures.first { signature in
            start.count >= signature.offset + signature.bytes.count
                && start[signature.offset..<signature.offset + signature.bytes.count].elementsEqual(signature.bytes)
        }?.name
    }

    private struct Signature {
        let name: String
        let offset: Int
        let bytes: [UInt8]

        init(_ name: String, at offset: Int = 0, _ text: String) {
            (self.name, self.offset, bytes) = (name, offset, Array(text.utf8))
        }

        init(_ name: String, bytes: [UInt8]) {
            (self.name, offset, self.bytes) = (name, 0, bytes)
        }
    }

    /// Longer signatures only: raw samples may begin with any two bytes.
    private static let signatures = [
        Signature("WAV", "RIFF"), Signature("WAV", "RF64"), Signature("WAV", "RIFX"), Signature("WAV", "BW64"),
        Signature("Ogg", "OggS"), Signature("FLAC", "fLaC"), Signature("MP3", "ID3"), Signature("AIFF", "FORM"),
        Signature("CAF", "caff"), Signature("AU", ".snd"), Signature("AMR", "#!AMR"), Signature("MP4", at: 4, "ftyp"),
        Signature("Matroska or WebM", bytes: [0x1A, 0x45, 0xDF, 0xA3]),
        Signature("ASF or WMA", bytes: [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]),
        Signature("FLV", bytes: [0x46, 0x4C, 0x56, 0x01]), Signature("MPEG", bytes: [0x00, 0x00, 0x01, 0xBA]),
        Signature("Wave64", bytes: [0x72, 0x69, 0x66, 0x66, 0x2E, 0x91, 0xCF, 0x11]),
    ]
}
