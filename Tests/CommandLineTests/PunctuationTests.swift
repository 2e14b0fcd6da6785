import Foundation
import GigaSTT
import TestSupport
import Testing

/// Sentences by the punctuation model beside the built-in one; the expected ones are from the manifest, by grammar.
@Suite struct PunctuationTests {
    /// The program as it is installed.
    private var program: Program {
        var program = Program()
        program.environment["GIGASTT_PUNCTUATION"] = .some(nil)
        return program
    }

    /// Recordings whose words are heard as they were spoken.
    @Test(arguments: ["02", "04", "05", "08"]) func aRecordingBecomesASentence(name: String) async throws {
        let item = try Recordings.named(name)
        let result = try await program.run(["transcribe", item.url.path])
        #expect(result.output == (item.punctuated ?? "") + "\n")
        #expect(!result.errors.contains("unctuation"), "\(result.errors)")
        let samples = try Data(contentsOf: item.url).dropFirst(44)
        #expect(try await program.run(["listen"], input: samples).output == result.output)
        let off = try await program.run(["transcribe", item.url.path, "--punctuation", "off"])
        #expect(off.output == item.written + "\n")
    }

    /// Where `gigastt download --punctuation` puts it for a model folder of one's own.
    @Test func theModelBesideThatOfSpeechIsUsed() async throws {
        let item = try Recordings.named("02")
        let folder = try TemporaryFolder(model: ModelFileName.quantized)
        var program = program
        program.environment["GIGASTT_MODEL_DIR"] = folder.url.path
        program.environment["GIGASTT_BUILT_IN_MODEL"] = .some(nil)
        let without = try await program.run(["transcribe", item.url.path])
        #expect(without.output == item.written + "\n")
        #expect(
            without.errors.contains("`gigastt download --punctuation --model-dir \(folder.url.path)`"),
            "\(without.errors)")
        try folder.link("punct")
        let with = try await program.run(["transcribe", item.url.path])
        #expect(with.output == (item.punctuated ?? "") + "\n", "\(with.errors)")
    }

    /// A name of bytes that are no UTF-8.
    @Test func theFolderMayHaveAnyName() async throws {
        let item = try Recordings.named("02")
        let folder = try TemporaryFolder()
        try folder.link("punct")
        let result = try await program.shell(
            #"mv "$1/punct" "$1/"$'pu\xffnct' && exec "$0" transcribe "$2" --punct-model-dir "$1/"$'pu\xffnct'"#,
            [folder.url.path, item.url.path])
        #expect(result.output == (item.punctuated ?? "") + "\n", "\(result.errors)")
    }

    @Test func everySentenceOfARecordingWithPausesIsOne() async throws {
        let item = try Recordings.named("12")
        let result = try await program.run(["transcribe", "-f", "json", item.url.path])
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:]
        #expect(object["text"] as? String == item.sentences.map(\.punctuated).joined(separator: " "))
        let words = (object["words"] as? [[String: Any]] ?? []).compactMap { $0["word"] as? String }
        #expect(words.joined(separator: " ") == item.text)
        let subtitles = try await program.run(["transcribe", "-f", "srt", item.url.path])
        for sentence in item.sentences { #expect(subtitles.output.contains(sentence.punctuated)) }
    }

    /// Whatever was misheard, marks and capitals are all that the pass changes.
    @Test(arguments: ["01", "06", "09", "10", "11"]) func wordsStayWhatTheyAre(name: String) async throws {
        let path = try Recordings.named(name).url.path
        let marked = try await program.run(["transcribe", path]).output
        let bare = try await program.run(["transcribe", path, "--punctuation", "off"]).output
        func words(_ text: String) -> [String] {
            text.lowercased().split(whereSeparator: \.isWhitespace).map { word in
                String(word.trimmingCharacters(in: CharacterSet(charactersIn: ".,?:")))
            }
        }
        #expect(marked != bare && words(marked) == words(bare))
        #expect(marked.first?.isUppercase == true && ".?".contains(marked.dropLast().last ?? " "))
    }

    /// The number of a word is beyond the table of the model.
    @Test func aFailureOfTheModelIsToldOnce() async throws {
        let folder = try TemporaryFolder()
        let copy = folder.url.appendingPathComponent("punct")
        try FileManager.default.copyItem(at: ModelFolder.demo.url.appendingPathComponent("punct"), to: copy)
        let file = copy.appendingPathComponent("tokenizer.json")
        let item = try Recordings.named("04")
        let word = try #require(item.written.split(separator: " ").first.map(String.init))
        let json = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let damaged = json.replacing(try Regex("\"\(word)\": ?[0-9]+"), with: "\"\(word)\":999999")
        try #require(damaged != json)
        try Data(damaged.utf8).write(to: file)
        let arguments = ["--punct-model-dir", copy.path]
        let result = try await program.run(["transcribe", item.url.path] + arguments)
        #expect(result.code == 0 && result.output == item.written + "\n")
        #expect(result.errors.contains("Warning: The punctuation model failed"))
        let text = try await program.run(
            ["normalize", "--punctuation", "on"] + arguments, input: Data("\(word)\n\(word)\n".utf8))
        #expect(text.code == 0)
        #expect(text.errors.components(separatedBy: "Warning: The punctuation model failed").count == 2)
    }
}
