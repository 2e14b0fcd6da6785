// Who said what.
import Foundation
import GigaSTT

let url = URL(fileURLWithPath: CommandLine.arguments.dropFirst().first ?? "Demo/11_dialogue.wav")
let recognizer = try await Recognizer(.demo)

// snippet.voices
var options = TranscriptionOptions()
if recognizer.capabilities.speakers { options.speakers = try SpeakerSeparation(count: nil, maximum: 4) }
let transcript = try await recognizer.transcribe(url, options: options)
for word in transcript.words { print(word.speaker ?? 0, word.text) }
// snippet.end

// snippet.channels
var calls = TranscriptionOptions()
calls.channels = .apart
print(try await recognizer.transcribe(url, options: calls).rendered(as: .minutes))
// snippet.end

// snippet.loop
func segments(of url: URL, with recognizer: Recognizer, options: TranscriptionOptions) async throws -> [Segment] {
    var iterator = recognizer.segments(of: .file(url), options: options).makeAsyncIterator()
    var segments: [Segment] = []
    while let segment = try await iterator.next() {
        print(segment.text)
        segments.append(segment)
    }
    return try await iterator.labelled(segments) ?? segments
}
// snippet.end

print(try await segments(of: url, with: recognizer, options: options).count)
