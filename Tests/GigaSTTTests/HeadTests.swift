import Foundation
import TestSupport
import Testing

@testable import GigaSTT

/// Words by every head, with the small models of `Tests/Fixtures/Heads`.
@Suite struct HeadTests {
    static let heads: [RecognitionHead] = [.e2eRNNT, .e2eCTC, .ctc, .multilingualCTC, .multilingualLargeCTC]
    /// What was spoken, in marks, capitals and digits by hand; a comma where the voice paused.
    static let written = [
        "01": "Включи свет на кухне и закрой шторы в спальне.",
        "02": "Разбуди меня завтра в 7 часов 45 минут.",
        "03": "Встреча назначена на 23 ноября 2026 года.",
        "04": "Это стоит 3249 рублей 90 копеек.",
        "05": "Мой номер 8, 912, 345, 67, 89.",
        "06": "Какая завтра погода в Новосибирске?",
        "07": "Позвони бабушке и скажи, что мы приедем в субботу вечером.",
        "08": "Через 400 метров поверните направо, садовая улица, дом 18.",
        "09": "Сегодня утром мы гуляли в парке и видели белку.",
    ]

    @Test(arguments: heads) func theWordsAreThoseThatWereSpoken(head: RecognitionHead) async throws {
        let recognizer = try await SmallModel.shared(head)
        #expect(recognizer.head == head && recognizer.isQuantized)
        var (errors, count) = (0, 0)
        for (name, written) in Self.written {
            let item = try Recordings.named(name)
            let expected = head.writesFormattedText ? written : item.text
            let transcript = try await recognizer.transcribe(
                samples: try Recordings.samples(item), options: SmallModel.plain)
            #expect(transcript.text == transcript.words.map(\.text).joined(separator: " "))
            errors += WordErrors.count(transcript.text.replacing("ё", with: "е"), against: expected)
            count += expected.split(separator: " ").count
        }
        // Its card says how many words a small model has wrong.
        let allowed = head == .e2eCTC ? 60 : 33
        #expect(errors * 100 <= allowed * count, "\(errors) of \(count)")
    }

    @Test(arguments: heads) func wordsHaveTimesAndConfidences(head: RecognitionHead) async throws {
        let item = try Recordings.named("12")
        let transcript = try await SmallModel.shared(head).transcribe(samples: try Recordings.samples(item))
        let words = transcript.words
        #expect(zip(words, words.dropFirst()).allSatisfy { $0.start <= $1.start })
        #expect(words.allSatisfy { $0.start <= $0.end && (0.2...1).contains($0.confidence) })
        // Each sentence of the manifest has its words within its own time.
        for sentence in item.sentences {
            let own = words.filter { (sentence.start - 0.2...sentence.end + 0.3).contains($0.start) }
            #expect(abs(own.count - sentence.text.split(separator: " ").count) <= 2, "\(own.map(\.text))")
        }
        let sentences = item.sentences.map { $0.start - 0.2...$0.end + 0.3 }
        #expect(words.allSatisfy { word in sentences.contains { $0.contains(word.start) } })
    }

    @Test(arguments: heads, ["06", "12"]) func aLiveStreamHasTheTextOfTheFile(
        head: RecognitionHead, name: String
    ) async throws {
        let recognizer = try await SmallModel.shared(head)
        let samples = try Recordings.samples(Recordings.named(name))
        let file = try await recognizer.segments(samples, .automatic)
        for blocking in [Blocking.every(1_600), .random(5)] {
            let events = try await recognizer.play(blocking.blocks(samples))
            #expect(events.finals == file && events.brokenPromises(sampleCount: samples.count) == [])
        }
    }

    /// The built-in model of punctuation is loaded, but only heads that write bare words need it.
    @Test(arguments: heads) func marksAndDigitsAreAddedToBareWordsOnly(head: RecognitionHead) async throws {
        let recognizer = try await SmallModel.shared(head)
        let samples = try Recordings.samples(Recordings.named("02"))
        let standard = try await recognizer.transcribe(samples: samples)
        let words = standard.words.map(\.text).joined(separator: " ")
        #expect((standard.text == words) == head.writesFormattedText)
        #expect(standard.text.contains(".") && standard.text.contains { $0.isNumber })
        var options = TranscriptionOptions()
        (options.text.numbers, options.text.punctuation) = (true, false)
        // Asked for, the rules for numbers hold for the words of any head.
        #expect(try await recognizer.transcribe(samples: samples, options: options).text.contains("7"))
    }

    @Test(arguments: [RecognitionHead.e2eRNNT, .rnnt]) func aTransducerGivesSeveralReadings(
        head: RecognitionHead
    ) async throws {
        let recognizer = try await SmallModel.shared(head)
        var options = SmallModel.plain
        options.maximumAlternatives = 5
        let samples = try Recordings.samples(Recordings.named("01"))
        let transcript = try await recognizer.transcribe(samples: samples, options: options)
        let readings = try #require(transcript.alternatives)
        #expect((2...5).contains(readings.count) && readings[0].text == transcript.text)
        #expect(Set(readings.map(\.text)).count == readings.count)
    }

    @Test func aCTCHeadGivesOneReading() async throws {
        var options = TranscriptionOptions()
        options.maximumAlternatives = 2
        for head in Self.heads where !head.isTransducer {
            let recognizer = try await SmallModel.shared(head)
            let error = await #expect(throws: GigaSTTError.self) {
                _ = try await recognizer.transcribe(samples: [0], options: options)
            }
            #expect(error?.code == .invalidOption)
        }
    }
}

/// A recognizer for each head, loaded once.
enum SmallModel {
    private static let folders = Task {
        try (RecognitionHead.allCases).map { ($0, try TemporaryFolder(head: $0)) }
    }
    private static let loading = Task {
        var recognizers: [RecognitionHead: Recognizer] = [:]
        for (head, folder) in try await folders.value {
            var configuration = RecognizerConfiguration()
            configuration.workerCount = 2
            configuration.punctuationModel = ModelFolder.demo.url.appendingPathComponent("punct")
            recognizers[head] = try await Recognizer(ModelFolder(at: folder.url), configuration: configuration)
        }
        return recognizers
    }

    /// The recognizer of a head.
    static func shared(_ head: RecognitionHead) async throws -> Recognizer {
        let recognizers = try await loading.value
        return try #require(recognizers[head])
    }

    /// Words as the head writes them.
    static var plain: TranscriptionOptions {
        var options = TranscriptionOptions()
        (options.text.numbers, options.text.punctuation) = (false, false)
        return options
    }
}
