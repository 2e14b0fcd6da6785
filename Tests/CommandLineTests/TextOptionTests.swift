import Foundation
import TestSupport
import Testing

/// The options of gigastt 2.3 that ask for a pass over the text.
@Suite struct TextOptionTests {
    private let item: Recordings.Item

    init() throws { item = try Recordings.named("08") }

    @Test func everyEngineOptionIsTaken() async throws {
        let options = [
            "--punctuation", "auto", "--punct-model-dir", "/nowhere", "--itn", "off", "--hotwords-file", "/nowhere",
            "--hotwords-default", "--hotwords-boost", "5.0", "--vad-threshold", "0.4", "--vad-min-silence-ms", "500",
            "--vad-model-dir", "/nowhere", "--encoder-intra-threads", "1", "--model-variant", "rnnt",
        ]
        let result = try await Program().run(["transcribe", item.url.path] + options)
        #expect(result.code == 0 && result.output == item.text + "\n", "\(result.errors)")
        #expect(result.errors.contains("Warning: hotwords"))
        #expect(result.errors.split(separator: "\n").count { $0.contains("unctuation is not added") } == 1)
        #expect(!result.errors.contains("Warning: punctuation"))
        let live = try await Program().run(["listen"] + options)
        #expect(live.code == 0, "\(live.errors)")
    }

    @Test func everyVariableIsTaken() async throws {
        var program = Program()
        for (name, value) in [
            ("PUNCTUATION", "on"), ("ITN", "YES"), ("PUNCT_MODEL_DIR", "/nowhere"), ("HOTWORDS_FILE", "/nowhere"),
            ("HOTWORDS_DEFAULT", "true"), ("HOTWORDS_BOOST", "3"),
        ] { program.environment["GIGASTT_\(name)"] = value }
        let result = try await program.run(["transcribe", item.url.path])
        #expect(result.code == 0 && result.output == item.written + "\n")
        for word in ["punctuation", "hotwords"] { #expect(result.errors.contains("Warning: \(word)")) }
    }

    /// By the table of the reference: thousands, units and zeros are read, the rest stays.
    @Test func theRulesOfGigasttTwoAreAnOption() async throws {
        let price = try Recordings.named("04").url.path
        let flag = try await Program().run(["transcribe", price, "--itn-policy", "compat"])
        #expect(flag.output == "это стоит 3249 рублей 90 копеек\n")
        var program = Program()
        program.environment["GIGASTT_ITN_POLICY"] = "COMPAT"
        #expect(try await program.run(["transcribe", price]).output == flag.output)
        let samples = try Data(contentsOf: Recordings.named("04").url).dropFirst(44)
        #expect(try await program.run(["listen"], input: samples).output == flag.output)
        program.environment["GIGASTT_ITN"] = "no"
        #expect(try await program.run(["transcribe", price]).output == Recordings.named("04").text + "\n")
    }

    @Test func masksAreAnOption() async throws {
        let phone = try Recordings.named("05").url.path
        let flag = try await Program().run(["transcribe", phone, "-f", "json", "--mask", "personal"])
        #expect(flag.output.contains(#""masked":[{"end":13,"kind":"phone","start":10}],"text":"мой номер ***""#))
        #expect(!flag.output.contains("девятьсот"))
        var program = Program()
        program.environment["GIGASTT_MASK"] = "personal"
        #expect(try await program.run(["transcribe", phone]).output == "мой номер ***\n")
        let samples = try Data(contentsOf: Recordings.named("05").url).dropFirst(44)
        #expect(try await program.run(["listen"], input: samples).output == "мой номер ***\n")
    }

    @Test(arguments: [
        (["--itn-policy", "old"], "unknown itn policy 'old' (expected 'full' or 'compat')"),
        (["--punctuation", "maybe"], "unknown punctuation mode 'maybe' (expected 'on', 'off', or 'auto')"),
        (["--itn", "2"], "unknown itn mode '2' (expected 'on', 'off', or 'auto')"),
        (["--hotwords-boost", "much"], "hotwords-boost"),
        (["--hotwords-boost", "inf"], "the boost of hotwords is not a number"),
    ])
    func aValueThatCannotBeReadIsAUsageError(options: [String], reason: String) async throws {
        let result = try await Program().run(["transcribe", item.url.path] + options)
        #expect(result.code == 2 && result.output.isEmpty && result.errors.contains(reason), "\(result.errors)")
    }

    /// The built-in model hears "чторы" for "шторы".
    @Test func hotwordsAreWrittenAsTheyAreGiven() async throws {
        let recording = try Recordings.named("01")
        let folder = try TemporaryFolder()
        func file(_ bytes: some Sequence<UInt8>) throws -> String {
            let url = folder.url.appendingPathComponent("names.txt")
            try Data(bytes).write(to: url)
            return url.path
        }
        func run(_ options: [String], _ variables: [String: String] = [:]) async throws -> Program.Result {
            var program = Program()
            for (name, value) in variables { program.environment["GIGASTT_\(name)"] = value }
            let result = try await program.run(["transcribe", recording.url.path] + options)
            #expect(result.code == 0, "\(result.errors)")
            return result
        }
        let inline = try await run(["--hotwords", "Шторы, ChatGPT"])
        #expect(inline.output.contains("шторы") && inline.errors.contains("'ChatGPT'"))
        let named = try await run(["--hotwords-file", file("\u{FEFF}# шторы\r\nшторы\t1.5\r\n".utf8)])
        #expect(named.output.contains("шторы"))
        #expect(try await run([], ["HOTWORDS": "шторы"]).output.contains("шторы"))
        let off = try await run(["--hotwords-boost", "0"], ["HOTWORDS": "шторы"])
        #expect(!off.output.contains("шторы"))
        // "шторы" in code page 1251.
        let foreign = try await run(["--hotwords-file", file([0xF8, 0xF2, 0xEE, 0xF0, 0xFB, 0x0A])])
        #expect(!foreign.output.contains("шторы") && foreign.errors.contains("is not UTF-8"))
    }
}
