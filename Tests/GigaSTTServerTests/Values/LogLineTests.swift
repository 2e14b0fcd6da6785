import Foundation
import Logging
import Testing

@testable import GigaSTTServer

@Suite struct LogLineTests {
    private func line(_ message: String = "hello", _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(
            time: Date(timeIntervalSince1970: 1_700_000_000.25), level: .info, logger: "gigastt", message: message,
            metadata: metadata)
    }

    @Test func textHasTimeLevelMessageAndPairs() {
        let facts: Logger.Metadata = [
            "status": .stringConvertible(200), "ms": .stringConvertible(1.5), "path": "/v1/models", "note": "two words",
            "nested": ["b": "2", "a": .array(["x", "y"])], "empty": "",
        ]
        #expect(
            line("request", facts).rendered(as: .text)
                == #"2023-11-14T22:13:20.250Z info request empty="" ms=1.5 nested.a.0=x nested.a.1=y nested.b=2 "#
                + #"note="two words" path=/v1/models status=200"# + "\n")
    }

    @Test func jsonIsFlatAndKeepsNumbers() {
        let facts: Logger.Metadata = [
            "status": .stringConvertible(200), "ms": .stringConvertible(1.5), "nested": ["a": "1"], "msg": "mine",
        ]
        #expect(
            line("request", facts).rendered(as: .json)
                == #"{"ts":"2023-11-14T22:13:20.250Z","level":"info","msg":"request","logger":"gigastt","ms":1.5,"#
                + #""msg_":"mine","nested.a":"1","status":200}"# + "\n")
    }

    static let hostile = [
        "a\n2026-01-01T00:00:00.000Z info forged", "\r\nforged", "\u{1B}[2K\u{1B}[1Aforged", "\u{8}\u{8}\u{7F}",
        "\u{85}next line", "\u{2028}line\u{2029}paragraph", "\u{202E}gnol", "\u{9B}31m", "quote\" \\ back", "\u{0}",
        "a=b c=d", "\u{E0001}\u{E000}\u{FEFF}",
    ]

    @Test(arguments: hostile) func noLineIsForged(text: String) throws {
        for format in LogFormat.allCases {
            let rendered = line(text, ["path": "\(text)", "\(text)": "x"]).rendered(as: format)
            #expect(rendered.hasSuffix("\n"))
            // Not one character of the line but its end could end it or be mistaken for something else.
            for scalar in rendered.dropLast().unicodeScalars {
                #expect(scalar == " " || scalar.properties.generalCategory != .control)
                #expect(
                    ![.control, .format, .lineSeparator, .paragraphSeparator].contains(
                        scalar.properties.generalCategory))
            }
        }
        let json = line(text, ["path": "\(text)"]).rendered(as: .json)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        // Who reads the object gets what was sent.
        #expect(object["path"] as? String == text && object["msg"] as? String == text && object.count == 5)
    }

    @Test func pairsOfAValueAreNoPairsOfTheLine() {
        let rendered = line("m", ["path": "/x status=200"]).rendered(as: .text)
        #expect(rendered.hasSuffix(#" path="/x status=200""# + "\n"))
    }

    @Test func valuesAndMessagesHaveAnEnd() throws {
        let long = String(repeating: "я", count: 10_000)
        for format in LogFormat.allCases {
            let rendered = line(long, ["path": "\(long)"]).rendered(as: format)
            let letters = rendered.unicodeScalars.count { $0 == "я" }
            #expect(letters == LogText.valueLimit + LogText.messageLimit)
            #expect(rendered.count { $0 == "…" } == 2)
        }
    }

    @Test func levelOfTheLoggerDecidesWhatIsWritten() {
        let written = Lines()
        let logger = Logger(label: "x") { ServerLog(label: $0, format: .text, level: .warning, write: written.add) }
        logger.info("not this")
        logger.warning("this")
        logger.error("and this", metadata: ["k": "v"])
        #expect(
            written.all.map { $0.split(separator: " ", maxSplits: 1).last } == [
                "warning this\n", "error and this k=v\n",
            ])
    }
}
