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
    init(flag: (isBuiltIn: Bool, folder: String?), variable: (isBuiltIn: Bool, folder: String?)) {
        if let path = flag.folder {
            self = .folder(URL(fileURLWithPath: path))
        } else if flag.isBuiltIn {
            self = .builtIn
        } else if let path = variable.folder {
            self = .folder(URL(fileURLWithPath: path))
        } else {
            self = variable.isBuiltIn ? .builtIn : .folder(ModelFolder.standard.url)
        }
    }

    /// The folder that the model is loaded from.
    func folder(head: RecognitionHead?) -> ModelFolder {
        switch self {
        case .builtIn: ModelFolder(at: ModelFolder.demo.url, head: head)
        case .folder(let url): ModelFolder(at: url, head: head)
        }
    }
}
