public import Foundation
import STTRecognition

/// A folder with a model: the files that `gigastt download` puts there.
public struct ModelFolder: Sendable, Hashable {
    /// Where the files are.
    public let url: URL
    /// The head to load; `nil` takes the one that the folder's files or its `manifest.toml` name.
    public let head: RecognitionHead?

    /// A folder that is checked when a recognizer is made of it.
    public init(at url: URL, head: RecognitionHead? = nil) {
        self.url = url
        self.head = head
    }

    /// The small model that comes with the package. It understands synthesised Russian voices only: use it to try
    /// things out and in tests, and the real model for people.
    public static var builtIn: ModelFolder {
        ModelFolder(at: Bundle.module.bundleURL.appendingPathComponent("BuiltInModel"))
    }

    /// `~/.gigastt/models`, where `gigastt download` puts models; `.gigastt/models` where there is no home folder.
    public static var standard: ModelFolder {
        let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
        let folder = URL(fileURLWithPath: home.isEmpty ? "." : home)
        return ModelFolder(at: folder.appendingPathComponent(".gigastt/models"))
    }

    /// Whether the folder holds an encoder, so that it is worth to load it.
    public var holdsModel: Bool { ModelFiles.holdsEncoder(in: url, head: head) }
}
