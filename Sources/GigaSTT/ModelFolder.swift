public import Foundation
import OnnxRuntime
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

    /// The small demonstration model that comes with the package. It recognises synthesised Russian voices, and people poorly:
    /// use it for trials and tests, and a downloaded model (`standard`) for people. Where the folder of the resources is not
    /// beside the program, loading it throws `modelMissing`.
    public static var demo: ModelFolder {
        #if os(Linux)
            // `Bundle.module` ends the process when the resources are missing.
            let program = Bundle.main.bundleURL
            return demoBesideImage ?? demo(beside: program) ?? ModelFolder(at: demoPlaces(beside: program)[0])
        #else
            return ModelFolder(at: Bundle.module.bundleURL.appendingPathComponent(builtInName))
        #endif
    }

    /// The demonstration model beside the library that this code is linked into, which is not a program that knows its
    /// bundles; `nil` when it is not there.
    package static var demoBesideImage: ModelFolder? { OrtLibrary.imageFolder.flatMap(demo(beside:)) }

    private static func demo(beside folder: URL) -> ModelFolder? {
        demoPlaces(beside: folder).map { ModelFolder(at: $0) }.first(where: \.containsModel)
    }

    private static func demoPlaces(beside folder: URL) -> [URL] {
        ["gigastt_GigaSTT.resources", "gigastt_GigaSTT.bundle"].map {
            folder.appendingPathComponent("\($0)/\(builtInName)")
        }
    }

    private static let builtInName = "BuiltInModel"

    /// Whether it is the demonstration model in the resources of the package.
    var isBuiltIn: Bool {
        url.lastPathComponent == Self.builtInName
            && url.deletingLastPathComponent().lastPathComponent.hasPrefix("gigastt_GigaSTT.")
    }

    /// `~/.gigastt/models`, where `gigastt download` puts models; `.gigastt/models` where there is no home folder. On iOS,
    /// where an app may not write there, `gigastt/models` in Application Support.
    public static var standard: ModelFolder {
        #if os(iOS)
            return ModelFolder(at: URL.applicationSupportDirectory.appendingPathComponent("gigastt/models"))
        #else
            return ModelFolder(at: .belowHome(".gigastt/models"))
        #endif
    }

    /// Whether the folder contains every file of a model, or a manifest that names them, so that it is worth loading.
    public var containsModel: Bool { ModelFiles.completeness(of: url, head: head) == .whole }

    /// The head of an encoder that is there without all that it needs beside it.
    package var incompleteHead: RecognitionHead? {
        if case .encoder(let head) = ModelFiles.completeness(of: url, head: head) { head } else { nil }
    }
}

extension URL {
    /// A path in the home folder, in the working directory where there is none.
    static func belowHome(_ path: String) -> URL {
        let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
        return URL(fileURLWithPath: home.isEmpty ? "." : home).appendingPathComponent(path)
    }
}
