import ArgumentParser
import GigaSTT

/// The execution provider as it is asked for.
enum ProviderChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// What every build of ONNX Runtime has; other hardware only on request, so that no server changes its speed unasked.
    case auto
    case cpu
    case cuda
    case coreml

    var provider: RecognizerConfiguration.Provider {
        switch self {
        case .auto, .cpu: .cpu
        case .cuda: .cuda
        case .coreml: .coreML
        }
    }
}
