import Foundation
import GigaSTT

/// Where a command takes its model from.
enum ModelSource: Sendable, Hashable {
    /// The demo model that is part of the program.
    case builtIn
    /// A folder, into which a missing model is downloaded.
    case folder(URL)

    /// What the flags or, without them, the environment variables ask for: `--built-in-model` and `--model-dir`,
    /// `GIGASTT_MODEL_DIR` before `GIGASTT_BUILT_IN_MODEL`. By default the standard folder.
    init(flag: (isBuiltIn: Bool, folder: URL?), variable: (isBuiltIn: Bool, folder: URL?)) {
        if let url = flag.folder {
            self = .folder(url)
        } else if flag.isBuiltIn {
            self = .builtIn
        } else if let url = variable.folder {
            self = .folder(url)
        } else {
            self = variable.isBuiltIn ? .builtIn : .folder(ModelFolder.standard.url)
        }
    }

    /// The folder of a model beside that of speech: `name` in the folder of the model or in the standard one, whichever holds
    /// `file`. Else it is to be downloaded beside the model of speech, where that can be written to.
    func folder(named name: String, holding file: String) -> URL {
        let standard = ModelFolder.standard.url.appendingPathComponent(name)
        guard case .folder(let url) = self else { return standard }
        let own = url.appendingPathComponent(name)
        let manager = FileManager.default
        if let found = [own, standard].first(where: { manager.isReadableFile(atPath: $0.path + "/" + file) }) {
            return found
        }
        let isReadOnly = manager.fileExists(atPath: url.path) && !manager.isWritableFile(atPath: url.path)
        return isReadOnly ? standard : own
    }

    /// The folder that the model is loaded from.
    func folder(head: RecognitionHead?) -> ModelFolder {
        switch self {
        case .builtIn: ModelFolder(at: ModelFolder.demo.url, head: head)
        case .folder(let url): ModelFolder(at: url, head: head)
        }
    }
}
