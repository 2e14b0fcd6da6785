import Foundation
import GigaSTT

/// Which model is loaded and how, as often as it is: the files are looked for each time.
struct ModelRecipe: Sendable {
    /// The folder asked for; `nil` takes the standard one, else the built-in model.
    var path: String?
    /// The head asked for; `nil` takes the one that the files name.
    var head: RecognitionHead?
    var configuration = RecognizerConfiguration()

    /// Loads the model and says which one it is. The encoder is prepared before if that is a matter of seconds; a
    /// program that runs on prepares it `later` if it is not.
    func load(later: (@Sendable () -> Void)? = nil) async throws -> Recognizer {
        let (folder, name) = folder
        let isWorthPreparing = try await preparation?.runFirst(runsOn: later != nil) ?? false
        let recognizer = try await Recognizer(folder, configuration: configuration)
        if case .fellBack(let reason) = recognizer.encoderSource {
            Console.note("A prepared encoder was damaged and was removed; the model's own is used. (\(reason))")
        }
        Console.note("Model: \(name) (\(recognizer.head.rawValue), \(recognizer.encoderKind))")
        if isWorthPreparing { later?() }
        if name == Self.builtInName {
            Console.note(
                "It understands synthesised voices only. `gigastt download` fetches the real one, for people.")
        }
        return recognizer
    }

    /// What prepares the encoder; `nil` when the recognizer would not use it.
    var preparation: EncoderPreparation? {
        guard configuration.provider == .cpu else { return nil }
        return configuration.cache.map { EncoderPreparation(cache: $0, folder: folder.folder) }
    }

    private static let builtInName = "built-in"

    /// The folder to load and how to announce it.
    private var folder: (folder: ModelFolder, name: String) {
        if let path { return (ModelFolder(at: URL(fileURLWithPath: path), head: head), path) }
        let standard = ModelFolder(at: ModelFolder.standard.url, head: head)
        if standard.containsModel { return (standard, standard.url.path) }
        return (ModelFolder(at: ModelFolder.demo.url, head: head), Self.builtInName)
    }
}
