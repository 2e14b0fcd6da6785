// A recording to text.
import Foundation
import GigaSTT

let url = URL(fileURLWithPath: CommandLine.arguments.dropFirst().first ?? "Demo/08_route.wav")

// snippet.load
let recognizer = try await Recognizer(.demo)  // the demonstration model
// snippet.end

// snippet.transcribe
let transcript = try await recognizer.transcribe(url)
print(transcript.text)
// snippet.end

// snippet.words
for word in transcript.words where word.confidence < 0.5 {
    print("unsure about “\(word.text)” at \(word.start) s")
}
// snippet.end

// snippet.segments
for try await segment in recognizer.segments(of: .file(url)) {
    print(segment.start, segment.text)
}
// snippet.end

// snippet.formats
print(transcript.rendered(as: .subRip, options: RenderingOptions(captions: .broadcast)))
// snippet.end
