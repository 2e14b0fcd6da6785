import Foundation
import GigaSTT

/// Which model is loaded and how, as often as it is: the files are looked for each time.
struct ModelRecipe: Sendable {
    /// The folder asked for; `nil` takes the standard one, else the built-in model.
    var path: String?
    /// The head asked for; `nil` takes the one that the files name.
    var head: RecognitionHead?
    var configuration = RecognizerConfiguration()

    /// Loads the model and says which one it is.
    func load() async throws -> Recognizer {
        let (folder, name) = folder
        let recognizer = try await Recognizer(folder, configuration: configuration)
        let precision = recognizer.isQuantized ? "int8" : "float"
        Console.note("Model: \(name) (\(recognizer.head.rawValue), \(precision))")
        if name == Self.builtInName {
            Console.note(
                "It understands synthesised voices only. `gigastt download` fetches the real one, for people.")
        }
        return recognizer
    }

    private static let builtInName = "built-in"

    /// The folder to load and how to announce it.
    private var folder: (folder: ModelFolder, name: String) {
        if let path { return (ModelFolder(at: URL(fileURLWithPath: path), head: head), path) }
        let standard = ModelFolder(at: ModelFolder.standard.url, head: head)
        if standard.holdsModel { return (standard, standard.url.path) }
        return (ModelFolder(at: ModelFolder.builtIn.url, head: head), Self.builtInName)
    }
}
