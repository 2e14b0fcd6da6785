import Foundation
import GigaSTT

#if canImport(SwiftUI) && canImport(AVFAudio)
    import GigaSTTMicrophone
    import SwiftUI

    /// One window: a model is downloaded on the first start; then press, speak, read.
    @main
    struct DictationApp: App {
        @State private var model = SpeechModel()
        @State private var dictation = Dictation()
        @State private var session: Task<Void, Never>?

        var body: some Scene {
            WindowGroup {
                VStack(alignment: .leading) {
                    switch model.state {
                    case .unknown, .loading: ProgressView()
                    case .missing(let megabytes):
                        Text("Recognition needs a model: about \(megabytes) MB.")
                        Button("Download") { session = Task { await model.download() } }
                    case .downloading(let share):
                        ProgressView(value: share)
                        Button("Stop") { session?.cancel() }
                    case .failed(let reason): Text(reason).foregroundStyle(.red)
                    case .ready(let recognizer): page(recognizer)
                    }
                }
                .padding()
                .task { await model.open() }
            }
        }

        @ViewBuilder private func page(_ recognizer: Recognizer) -> some View {
            ScrollView {
                (Text(dictation.settled) + Text(dictation.open).foregroundStyle(.secondary))
                    .frame(maxWidth: .infinity, alignment: .leading)
            }
            if let failure = dictation.failure { Text(failure).foregroundStyle(.red) }
            Button(dictation.isListening ? "Stop" : "Speak") {
                if dictation.isListening {
                    session?.cancel()
                } else {
                    session = Task { await dictation.listen(to: Microphone(), with: recognizer) }
                }
            }
        }
    }
#else
    /// Where there is no microphone API: the same models, fed from a recording at the pace of speech or faster.
    @main
    struct DictationApp {
        @MainActor static func main() async throws {
            let path = CommandLine.arguments.dropFirst().first ?? "Demo/11_dialogue.wav"
            let model = SpeechModel(in: ModelFolder.standard.containsModel ? .standard : .demo)
            await model.open()
            guard case .ready(let recognizer) = model.state else { return print(model.state) }
            let dictation = Dictation()
            await dictation.listen(to: MediaFile(.file(URL(fileURLWithPath: path))), with: recognizer)
            print(dictation.failure ?? dictation.settled)
        }
    }
#endif
