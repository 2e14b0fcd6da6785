import Foundation
import GigaSTT

/// Prints the utterances of the recordings named on the command line, as they are decided.
@main
struct Transcribe {
    static func main() async {
        do {
            let standard = ModelFolder.standard
            let recognizer = try await Recognizer(standard.containsModel ? standard : .demo)
            for path in CommandLine.arguments.dropFirst() {
                print(path)
                for try await segment in recognizer.segments(of: .file(URL(fileURLWithPath: path)))
                where !segment.text.isEmpty {
                    print(String(format: "  %7.2f s  ", segment.start) + segment.text)
                }
            }
        } catch let error as GigaSTTError {
            print(error.message)
            exit(1)
        } catch {
            print(error)
            exit(1)
        }
    }
}
