#if canImport(AVFAudio)
    public import Foundation

    /// Why the microphone gives no audio, or no more.
    public enum MicrophoneError: Error, Hashable {
        /// The user, or the system, gives the app no access.
        case noPermission
        /// There is no microphone.
        case noMicrophone
        /// The reader was more than 20 s late. No audio is left out silently.
        case readerTooSlow
        /// The sound device changed, or the system took the microphone, as for a call.
        case interrupted
    }

    extension MicrophoneError: LocalizedError {
        /// What happened and what to do next.
        public var errorDescription: String? {
            switch self {
            case .noPermission: "No access to the microphone. Allow it in the settings of the system."
            case .noMicrophone: "No microphone was found. Connect one and try again."
            case .readerTooSlow: "Recognition is too slow for this audio. Close other programs and try again."
            case .interrupted: "The microphone was interrupted. Start again."
            }
        }
    }
#endif
