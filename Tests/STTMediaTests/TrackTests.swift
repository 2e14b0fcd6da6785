import Foundation
import Testing

@testable import STTMedia

/// Which of several audio tracks is read.
@Suite struct TrackTests {
    /// Tones of 300, 600 and 900 Hz in three tracks with these languages.
    private func film(_ languages: [String?], defaultTrack: Int = 1, extension: String = "mkv") throws -> URL {
        let url = try TimedRecordings.folder().appendingPathComponent("\(UUID().uuidString).\(`extension`)")
        let inputs = languages.indices.flatMap { ["-f", "lavfi", "-i", "sine=\(300 * ($0 + 1)):d=1:r=16000"] }
        let tags = languages.enumerated().flatMap { index, language in
            ["-map", "\(index)", "-disposition:a:\(index)", index + 1 == defaultTrack ? "default" : "0"]
                + (language.map { ["-metadata:s:a:\(index)", "language=\($0)"] } ?? [])
        }
        try FFmpegCommand.run(inputs + tags + ["-c:a", "aac", url.path])
        return url
    }

    /// The number of the track whose tone is read, by crossings of zero.
    private func track(in source: AudioSource) throws -> Int {
        let samples = try Reading(source).samples[2000..<14_000]
        let crossings = zip(samples, samples.dropFirst()).count { $0 < 0 && $1 >= 0 }
        return Int((Double(crossings) / 12_000 * 16_000 / 300).rounded())
    }

    @Test(
        arguments: [
            (["eng", "rus", nil], 1, 2), (["rus", "eng"], 2, 1), (["eng", "ru-RU"], 1, 2), (["eng", "ger"], 2, 2),
            ([nil, nil], 1, 1), (["run", "eng"], 2, 2), (["rus", "rus"], 2, 2),
        ] as [([String?], Int, Int)])
    func russianComesBeforeTheDefault(_ languages: [String?], _ defaultTrack: Int, _ expected: Int) throws {
        let source = AudioSource.file(try film(languages, defaultTrack: defaultTrack))
        #expect(try track(in: source) == expected)
        #expect(try AudioReader(source).tracks.map(\.isChosen) == languages.indices.map { $0 + 1 == expected })
    }

    @Test func theOthersAreNamedAndCanBeChosen() async throws {
        let source = AudioSource.file(try film(["eng", "rus", nil], extension: "mp4"))
        let reader = try AudioReader(source)
        #expect(
            reader.notes.map(\.message) == [
                "The recording has 3 audio tracks. Track 2 (rus, aac) is read; others: 1 (eng, aac), 3 (aac)."
            ])
        for number in 1...3 { #expect(try track(in: source.track(number)) == number) }
        let failure = try #require(Reading.failure(source.track(4)))
        #expect(failure.code == .noSuchTrack)
        #expect(failure.message == "The recording has 3 audio tracks, not 4. Choose a number from 1 to 3.")
        var iterator = MediaFile(source).makeAsyncIterator()
        while try await iterator.next() != nil {}
        #expect(try await iterator.notes() == reader.notes)
    }

    @Test func oneTrackIsNotWorthANote() throws {
        for name in ["s16.wav", "aac.m4a", "video.mp4"] {
            let source = AudioSource.file(try Recordings.url(name))
            #expect(try AudioReader(source).notes.isEmpty)
            #expect(try !Reading(source.track(1)).samples.isEmpty)
            #expect(Reading.failure(source.track(2))?.code == .noSuchTrack)
        }
    }
}
