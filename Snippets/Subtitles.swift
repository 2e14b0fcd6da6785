// A recording to subtitles.
import Foundation
import GigaSTT

let url = URL(fileURLWithPath: CommandLine.arguments.dropFirst().first ?? "Demo/08_route.wav")
let recognizer = try await Recognizer(.demo)

// snippet.write
let transcript = try await recognizer.transcribe(url)
let captions = transcript.rendered(as: .webVTT, options: RenderingOptions(captions: .broadcast))
try captions.write(
    to: FileManager.default.temporaryDirectory.appending(path: "talk.vtt"), atomically: true, encoding: .utf8)
// snippet.end

// snippet.lines
var options = RenderingOptions(maxCharactersPerLine: 42, maxWordsPerLine: 7)
options.width = .characters
print(transcript.rendered(as: .subRip, options: options))
// snippet.end

// snippet.keep
let stored = try JSONEncoder().encode(transcript)
let again = try JSONDecoder().decode(Transcript.self, from: stored)
print(again.rendered(as: .minutes))
// snippet.end
