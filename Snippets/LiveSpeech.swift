// Live speech to text.
import GigaSTT

func show(_ settled: String, dimmed: String) { print(settled, dimmed) }

// snippet.live
func dictate<Microphone: AsyncSequence & Sendable>(
    _ microphone: Microphone, with recognizer: Recognizer
) async throws where Microphone.Element == [Float] {
    try await recognizer.transcribe(live: microphone) { event in
        switch event {
        case .partial(let partial): show(partial.stableText, dimmed: partial.unstableText)
        case .final(let segment): print(segment.text)
        case .speechStarted, .speechStopped, .flushed, .speakers, .speakersUnavailable: break
        }
    }
}
// snippet.end

// snippet.flush
func dictate(_ blocks: [[Float]], releasing button: Int, with recognizer: Recognizer) async throws {
    let input = AsyncStream<LiveInput> { continuation in
        for block in blocks { continuation.yield(.audio(block)) }
        continuation.yield(.flush(button))  // comes back as .flushed(button), behind the final
        continuation.finish()
    }
    try await recognizer.transcribe(live: input) { print($0) }
}
// snippet.end

// snippet.handle
func dictate(blocks: [[Float]], with recognizer: Recognizer) async throws {
    let stream = try recognizer.liveStream()
    async let feeding: Void = {
        for block in blocks { try await stream.append(block) }
        try await stream.finish()
    }()
    for try await event in stream { print(event) }
    try await feeding
}
// snippet.end

// snippet.bytes
func samples(of bytes: [UInt8], converter: inout PCMConverter) -> [Float] {
    converter.convert(bytes)  // 16-bit little endian at 48 kHz, in pieces of any length
}
var converter = PCMConverter(try .pcm16(sampleRate: 48_000))
// snippet.end

let recognizer = try await Recognizer(.demo)
try await dictate(blocks: [[Float](repeating: 0, count: 16_000)], with: recognizer)
try await dictate([], releasing: 1, with: recognizer)
_ = samples(of: [0, 0], converter: &converter)
