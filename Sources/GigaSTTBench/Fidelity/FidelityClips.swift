import ArgumentParser
import Foundation
import LiveBenchmark

/// Recordings of one sentence, with their words.
struct FidelityClips {
    struct Clip {
        let recording: URL
        let words: [String]
    }

    let clips: [Clip]

    private struct Manifest: Decodable {
        struct Item: Decodable {
            let file: String
            let text: String
        }

        let items: [Item]
    }

    /// The recordings that a manifest lists with their texts.
    init(manifest: URL) throws {
        let items = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: manifest)).items
        clips = items.map { item in
            Clip(
                recording: manifest.deletingLastPathComponent().appendingPathComponent(item.file),
                words: Self.words(item.text))
        }
    }

    /// A voice of Festival, such as that of Debian's `festvox-ru`: `wav/NAME.wav`, and texts in `etc/txt.done.data`, lines
    /// of the form `( NAME "TEXT" )`, in whatever folder below this one.
    init(festival folder: URL) throws {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects as? [URL]
        guard let texts = files?.first(where: { $0.lastPathComponent == "txt.done.data" }) else {
            throw ValidationError("There is no txt.done.data in \(folder.path).")
        }
        let voice = texts.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("wav")
        clips = try String(contentsOf: texts, encoding: .utf8).split(separator: "\n").compactMap { line in
            guard let match = line.firstMatch(of: #/^\( *([^ ]+) +"(.*)" *\)/#) else { return nil }
            let recording = voice.appendingPathComponent("\(match.1).wav")
            guard FileManager.default.fileExists(atPath: recording.path) else { return nil }
            return Clip(recording: recording, words: Self.words(String(match.2)))
        }
        guard !clips.isEmpty else { throw ValidationError("No text of \(texts.path) has a recording.") }
    }

    /// Words as a head without punctuation writes them; `+` marks a stressed vowel.
    static func words(_ text: String) -> [String] {
        text.lowercased().replacing("ё", with: "е").replacing("+", with: "")
            .split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }
}
