import Foundation
import GigaSTT

#if canImport(SwiftUI) && canImport(AVFAudio)
    import SwiftUI

    /// One window with a button: press, speak, read.
    @main
    struct DictationApp: App {
        @State private var dictation = Dictation()
        @State private var session: Task<Void, Never>?

        var body: some Scene {
            WindowGroup {
                VStack(alignment: .leading) {
                    ScrollView {
                        (Text(dictation.settled) + Text(dictation.open).foregroundStyle(.secondary))
                            .frame(maxWidth: .infinity, alignment: .leading)
                    }
                    if let failure = dictation.failure { Text(failure).foregroundStyle(.red) }
                    Button(session == nil ? "Speak" : "Stop", action: toggle)
                }
                .padding()
            }
        }

        private func toggle() {
            if let session {
                session.cancel()
                self.session = nil
                return
            }
            session = Task {
                guard let recognizer = try? await Recognizer(.standard), let input = try? Microphone() else { return }
                await dictation.listen(to: input, with: recognizer)
            }
        }
    }
#else
    /// Where there is no microphone API: the same model, fed from a recording at the pace of speech or faster.
    @main
    struct DictationApp {
        @MainActor static func main() async throws {
            let path = CommandLine.arguments.dropFirst().first ?? "Demo/11_dialogue.wav"
            let dictation = Dictation()
            let input = MediaFile(.file(URL(fileURLWithPath: path))).map { LiveInput.audio($0) }
            await dictation.listen(to: input, with: try await Recognizer(.demo))
            print(dictation.failure ?? dictation.settled)
        }
    }
#endif
