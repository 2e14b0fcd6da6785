import Foundation
import TestSupport
import Testing

@Suite struct NormalizeCommandTests {
    private var program = Program()

    private func output(_ arguments: [String], _ text: String) async throws -> String {
        let result = try await program.run(["normalize"] + arguments, input: Data(text.utf8))
        #expect(result.code == 0, "\(result.errors)")
        return result.output
    }

    @Test func linesAreWrittenWithDigits() async throws {
        let text = "приём двенадцатого марта в пятнадцать тридцать\r\n\nкабинет двести четыре"
        #expect(try await output([], text) == "приём 12 марта в 15:30\n\nкабинет 204\n")
    }

    @Test func theRulesOfTheReferenceAreThereOnRequest() async throws {
        #expect(try await output(["--itn-policy", "compat"], "ноль семь\n") == "7\n")
        #expect(try await output([], "ноль семь\n") == "07\n")
        #expect(try await output(["--itn", "off"], "ноль  семь\n") == "ноль семь\n")
        var compatible = program
        compatible.environment["GIGASTT_ITN_POLICY"] = "compat"
        let result = try await compatible.run(["normalize"], input: Data("два три".utf8))
        #expect(result.output == "23\n")
    }

    @Test func punctuationNeedsItsModelOnlyWhereItIsAskedFor() async throws {
        #expect(try await output(["--punct-model-dir", "/nowhere"], "двадцать пять\n") == "25\n")
        let wanted = try await program.run(["normalize", "--punctuation", "on", "--punct-model-dir", "/nowhere"])
        #expect(wanted.code == 1 && wanted.errors.contains("rupunct_small_int8.onnx"))
    }

    @Test(arguments: [
        ("сто🙂 двадцать👩‍👩‍👧 двадцать", "сто🙂 двадцать👩‍👩‍👧 20"), ("שלום пять ٣", "שלום 5 ٣"),
        ("пять\u{301} шесть", "пять\u{301} 6"), ("five пять п5ть", "five 5 п5ть"),
    ])
    func oddLinesKeepTheirWords(line: String, expected: String) async throws {
        #expect(try await output([], line + "\n") == expected + "\n")
    }

    @Test func longLinesComeBackWhole() async throws {
        let word = String(repeating: "а", count: 5 << 20)
        let result = try await output([], word + "\n")
        #expect(result.utf8.elementsEqual((word + "\n").utf8))
        let digits = try await output([], Array(repeating: "семь", count: 400).joined(separator: " "))
        #expect(digits.count { $0 == "7" } == 400)
    }

    @Test func spansSayWhichWordsATextWasMadeOf() async throws {
        struct Line: Decodable {
            struct Span: Decodable {
                let text: String
                let start: Int
                let end: Int
                let words: [Int]
            }
            let text: String
            let spans: [Span]
        }
        let line = try JSONDecoder().decode(
            Line.self, from: Data(try await output(["--json"], "через двадцать пять минут").utf8))
        #expect(line.text == "через 25 минут")
        #expect(line.spans.map(\.words) == [[0], [1, 2], [3]])
        let scalars = Array(line.text.unicodeScalars)
        for span in line.spans {
            #expect(String(String.UnicodeScalarView(scalars[span.start..<span.end])) == span.text)
        }
    }

    @Test func aLineComesOutBeforeTheNextOneGoesIn() async throws {
        let result = try await program.shell(
            #"coproc "$0" normalize; echo "двадцать пять" >&${COPROC[1]}; read -r line <&${COPROC[0]}; echo "$line""#)
        #expect(result.output == "25\n")
    }

    @Test func oddInputIsAnsweredClearly() async throws {
        let invalid = try await program.run(["normalize"], input: Data([0xFF, 0x20, 0xD0, 0xBF, 0x0A]))
        #expect(invalid.code == 0 && invalid.output == "\u{FFFD} п\n")
        let long = try await program.run(["normalize"], input: Data(repeating: 0x61, count: 17 << 20))
        #expect(long.code == 1 && long.errors.contains("A line is longer than 16 MiB"))
        let bad = try await program.run(["normalize", "--itn-policy", "other"])
        #expect(bad.code == 2)
    }

    @Test func masksHideWhatTheyFindAndListIt() async throws {
        let line = "мой номер 8 912 345-67-89 бля\n"
        #expect(try await output(["--mask", "personal,profanity"], line) == "мой номер *** ***\n")
        #expect(try await output(["--mask", "profanity", "--itn", "off"], line) == "мой номер 8 912 345-67-89 ***\n")
        let json = try await output(["--mask", "personal", "--json"], line)
        #expect(json.hasSuffix(#""masked":[{"kind":"phone","start":10,"end":13}]}"# + "\n"), "\(json)")
        #expect(!json.contains("912"))
        let wrong = try await program.run(["normalize", "--mask", "names"])
        #expect(wrong.code == 2 && wrong.errors.contains("unknown mask 'names'"))
    }
}
