import Foundation

/// A server that holds a copy of a model folder, with the same paths below one address.
///
/// `https://example.org/gigastt` serves `vad/silero_vad.onnx` as `https://example.org/gigastt/vad/silero_vad.onnx`. So any
/// model folder that a web server shows is a mirror. Plain HTTP is fine: the pins decide what is taken.
public struct Mirror: Sendable, Hashable {
    private let address: String

    /// A mirror by the address of its folder; `http` or `https`, without user, query and fragment.
    ///
    /// Throws `DownloadError` with the code `invalidSetting` for any other address.
    public init(_ address: String) throws(DownloadError) {
        let parts = URLComponents(string: address)
        guard
            let parts, ["http", "https"].contains(parts.scheme?.lowercased()), parts.host?.isEmpty == false,
            parts.user == nil, parts.query == nil, parts.fragment == nil
        else {
            throw DownloadError(
                .invalidSetting,
                "The mirror must be an address such as https://example.org/models, without user, query and fragment.",
                cause: address)
        }
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
    }

    /// Where the mirror has the file.
    func source(of file: ModelFile) -> String { "\(address)/\(file.path)" }
}
