import Testing

@testable import STTMedia

@Suite struct HeaderlessTests {
    @Test(arguments: [("raw.ulaw", "PCMU", "pcm_mulaw"), ("raw.alaw", "alaw", "pcm_alaw")])
    func g711WithoutHeaderIsTheSameAsInWAV(_ name: String, _ codecName: String, _ codec: String) throws {
        let encoding = try HeaderlessEncoding(codecName: codecName, sampleRate: 8000)
        let bytes = try Recordings.bytes(name)
        let reading = try Reading(.bytes(bytes, headerless: encoding))
        #expect(reading.samples == (try Reading(.file(Recordings.url(codec.dropFirst(4) + ".wav"))).samples))
        #expect(
            reading.properties
                == AudioProperties(
                    container: "headerless", codec: codec, sampleRate: 8000, channelCount: 1,
                    duration: Double(bytes.count) / 8000))
    }

    @Test(arguments: [8000, 16_000])
    func g722GivesTwoSamplesPerOctetWhateverRateIsDeclared(_ rate: Int) throws {
        let encoding = try HeaderlessEncoding(codec: .g722, sampleRate: rate)
        let bytes = try Recordings.bytes("raw.g722")
        let reading = try Reading(.bytes(bytes, headerless: encoding))
        #expect(reading.samples.count == bytes.count * 2)
        #expect(reading.properties.sampleRate == 16_000)
        #expect(reading.properties.duration == Double(bytes.count) / 8000)
        #expect(reading.samples == (try Reading(.file(Recordings.url("g722.wav"))).samples))
    }

    @Test(arguments: [
        ("pcmu", HeaderlessEncoding.Codec.ulaw), ("ULAW", .ulaw), ("PCMA", .alaw), ("Alaw", .alaw), ("G722", .g722),
        ("GSM", .gsm), ("slin", .slin), ("s16le", .slin),
    ])
    func codecNamesIgnoreCase(_ name: String, _ codec: HeaderlessEncoding.Codec) {
        #expect(HeaderlessEncoding.Codec(name: name) == codec)
    }

    @Test(arguments: [
        ("opus", 8000), ("", 8000), ("ulaw", 7999), ("alaw", 48_001), ("g722", 12_000), ("ulaw", -1),
        ("gsm", 16_000), ("slin", 7999), ("slin", 192_001),
    ])
    func anythingElseIsRefused(_ name: String, _ rate: Int) throws {
        let failure = #expect(throws: MediaError.self) { try HeaderlessEncoding(codecName: name, sampleRate: rate) }
        #expect(failure?.code == .invalidEncoding)
    }

    @Test(arguments: [8000, 11_025, 48_000])
    func g711RatesMayDiffer(_ rate: Int) throws {
        let encoding = try HeaderlessEncoding(codec: .ulaw, sampleRate: rate)
        let samples = try Reading(.bytes(Array(repeating: 0xFF, count: rate), headerless: encoding)).samples
        #expect(samples == Array(repeating: 0, count: 16_000))
    }

    @Test(arguments: HeaderlessEncoding.Codec.allCases)
    func nothingIsAnEmptyPayload(_ codec: HeaderlessEncoding.Codec) throws {
        let failure = Reading.failure(.bytes([], headerless: try HeaderlessEncoding(codec: codec, sampleRate: 8000)))
        #expect(failure?.code == .empty)
        #expect(failure?.message.hasPrefix("Empty audio payload") == true)
    }
}
