import GigaSTT
import TestSupport
import Testing

/// The text of a live stream is the text of the recording, however it arrives.
@Suite struct LiveParityTests {
    static let endpointings: [Endpointing] = [
        .automatic, .noisy, .manual, Endpointing(silence: .milliseconds(200), blankRun: false),
    ]
    static let blockings: [Blocking] = [
        .every(160), .every(320), .every(512), .every(1_600), .every(16_000), .whole, .random(1),
    ]

    private func samples(_ name: String) throws -> [Float] { try Recordings.samples(Recordings.named(name)) }

    private func expectParity(
        _ samples: [Float], _ endpointing: Endpointing, _ blockings: [Blocking],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let recognizer = try await LiveModel.shared
        let file = try await recognizer.segments(samples, endpointing)
        #expect(file.contains { !$0.words.isEmpty }, sourceLocation: sourceLocation)
        var options = LiveOptions()
        options.endpointing = endpointing
        for blocking in blockings {
            let events = try await recognizer.play(blocking.blocks(samples), options)
            #expect(events.finals == file, "\(blocking)", sourceLocation: sourceLocation)
            #expect(events.brokenPromises(sampleCount: samples.count) == [], sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: endpointings) func anyBlockingGivesTheTextOfTheFile(_ endpointing: Endpointing) async throws {
        try await expectParity(try samples("06"), endpointing, Self.blockings)
    }

    @Test func blocksOfOneSampleAndOfSevenGiveTheTextOfTheFile() async throws {
        try await expectParity(try samples("06"), .automatic, [.every(1), .every(7)])
    }

    @Test(arguments: endpointings) func pausesGiveTheSameUtterances(_ endpointing: Endpointing) async throws {
        try await expectParity(try samples("12"), endpointing, [.every(1_600), .random(2)])
    }

    /// Noise that the energy does not tell from speech: only the lack of words ends an utterance, or its length.
    @Test(arguments: [Endpointing.automatic, .noisy]) func aNoisyRoomGivesTheSameUtterances(
        _ endpointing: Endpointing
    ) async throws {
        var dice = SeededRandom(7)
        var samples = try samples("12") + samples("11")
        // The first half second stays quiet: the noise floor is learnt from it.
        for index in samples.indices.dropFirst(8_000) { samples[index] += Float.random(in: -0.02...0.02, using: &dice) }
        let endpoints = try await LiveModel.shared.segments(samples, endpointing).map(\.endpoint)
        #expect(endpoints.contains(.blankRun) == endpointing.blankRun)
        try await expectParity(samples, endpointing, [.every(1_600), .random(3)])
        let words = try await LiveModel.shared.segments(samples, endpointing).flatMap(\.words).map(\.text)
        let spoken = try ["12", "11"].map { try Recordings.named($0).text }.joined(separator: " ")
        // The model hears some words otherwise in noise; an utterance that is lost would be more than a quarter of them.
        let errors = WordErrors.count(words.joined(separator: " "), against: spoken)
        #expect(errors <= spoken.split(separator: " ").count / 4, "\(words)")
    }

    /// Words, then a fan: the noise begins before the silence is long enough to end the utterance.
    @Test(arguments: ["01", "02", "06"], [0.1, 0.3, 0.45])
    func noiseBehindSpeechCostsNoWords(_ name: String, gap: Double) async throws {
        let item = try Recordings.named(name)
        var samples = try Recordings.samples(item)
        let level = (samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)).squareRoot() / 2
        while let last = samples.last, abs(last) < 0.005 { samples.removeLast() }
        samples += [Float](repeating: 0, count: Int(gap * 16_000))
        var dice = SeededRandom(3)
        // Uniform noise of this amplitude has the level.
        let amplitude = level * Float(3).squareRoot()
        samples += (0..<64_000).map { _ in Float.random(in: -amplitude...amplitude, using: &dice) }
        try await expectParity(samples, .noisy, [.every(1_600)])
        let words = try await LiveModel.shared.segments(samples, .noisy).flatMap(\.words).map(\.text)
        // The model hears a few words otherwise in noise, and now and then a letter in the noise.
        let spoken = item.text.split(separator: " ").count
        #expect(WordErrors.count(words.joined(separator: " "), against: item.text) <= spoken / 2)
    }

    @Test func longSpeechIsCutAndStitchedAsInTheFile() async throws {
        // Some 29 s in which no pause counts.
        let samples = try ["05", "03", "08", "04", "02", "07"].flatMap { try self.samples($0) }
        let file = try await LiveModel.shared.segments(samples, .manual)
        #expect(file.contains { $0.endpoint == .maximumLength })
        try await expectParity(samples, .manual, [.every(1_600)])
    }

    @Test func withoutPartialsTheTextIsTheSame() async throws {
        let recognizer = try await LiveModel.shared
        let samples = try samples("12")
        var options = LiveOptions()
        options.partials = false
        let events = try await recognizer.play(Blocking.every(1_600).blocks(samples), options)
        #expect(events.partials.isEmpty)
        #expect(events.finals == (try await recognizer.segments(samples, .automatic)))
    }

    @Test func eightStreamsOnTwoWorkersEachGetTheTextOfTheirFile() async throws {
        let recognizer = try await LiveModel.shared
        let clips = try Recordings.all().prefix(8).map { try Recordings.samples($0) }
        let texts = try await mustEnd {
            try await withThrowingTaskGroup(of: (Int, [Segment]).self) { group in
                for (index, clip) in clips.enumerated() {
                    group.addTask { (index, try await recognizer.play(Blocking.every(1_600).blocks(clip)).finals) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        }
        for (index, clip) in clips.enumerated() {
            #expect(texts[index] == (try await recognizer.segments(clip, .automatic)), "\(index)")
        }
    }

    // MARK: Bytes

    @Test(arguments: PCMFormat.sampleRates) func bytesInAnyPiecesGiveTheSameText(sampleRate: Int) async throws {
        let recognizer = try await LiveModel.shared
        let bytes = Self.bytes(try samples("06"), at: sampleRate)
        var converter = PCMConverter(try .pcm16(sampleRate: sampleRate))
        let whole = converter.convert(bytes) + converter.finish()
        var pieces = Blocking.random(UInt64(sampleRate)).blocks(bytes).map { converter.convert($0) }
        pieces.append(converter.finish())
        #expect(Array(pieces.joined()) == whole)
        let file = try await recognizer.segments(whole, .automatic)
        #expect(file.contains { $0.text.contains("погода") })
        #expect(try await recognizer.play(pieces).finals == file)
        #expect(try await recognizer.play([whole]).finals == file)
    }

    /// Samples of 16 kHz as little-endian PCM at another rate, by linear interpolation.
    private static func bytes(_ samples: [Float], at sampleRate: Int) -> [UInt8] {
        let count = samples.count * sampleRate / 16_000
        return (0..<count).flatMap { index -> [UInt8] in
            let position = Double(index) * 16_000 / Double(sampleRate)
            let left = min(Int(position), samples.count - 1)
            let right = min(left + 1, samples.count - 1)
            let share = Float(position - Double(left))
            let value = Int16((samples[left] * (1 - share) + samples[right] * share) * 32_767)
            let bits = UInt16(bitPattern: value)
            return [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)]
        }
    }

    @Test func aRateThatIsNotSupportedIsATypedError() {
        let error = #expect(throws: MediaError.self) { try PCMFormat.pcm16(sampleRate: 11_025) }
        #expect(error?.code == .unsupportedRate)
    }
}
