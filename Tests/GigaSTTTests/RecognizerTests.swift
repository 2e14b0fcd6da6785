import Foundation
import GigaSTT
import TestSupport
import Testing

@Suite struct RecognizerTests {
    @Test func theTextOfTheBundledRecordingsIsWhatTheModelCardSays() async throws {
        let recognizer = try await Recognizer(.demo)
        var errors = 0
        var words = 0
        for item in try Recordings.all() {
            let transcript = try await recognizer.transcribe(item.url)
            errors += WordErrors.count(transcript.words.map(\.text).joined(separator: " "), against: item.text)
            words += item.text.split(separator: " ").count
        }
        // The model card: 7.3 % by another implementation that decodes each recording in one piece.
        #expect(Double(errors) / Double(words) <= 0.078)
    }

    @Test func thePublishedFrontEndReadsCleanRecordingsTheSame() async throws {
        var configuration = RecognizerConfiguration()
        configuration.frontEnd = .published
        let published = try await Recognizer(.demo, configuration: configuration)
        for item in try Recordings.all().filter({ ["02", "04", "05", "08"].contains($0.file.prefix(2)) }) {
            #expect(try await published.transcribe(item.url).text == item.written)
        }
    }

    @Test func theFrontEndsAreNotTheSame() async throws {
        var configuration = RecognizerConfiguration()
        configuration.frontEnd = .published
        let item = try Recordings.named("08")
        let published = try await Recognizer(.demo, configuration: configuration).transcribe(item.url)
        let original = try await SharedRecognizer.get().transcribe(item.url)
        #expect(published.words.map(\.confidence) != original.words.map(\.confidence))
    }
}
