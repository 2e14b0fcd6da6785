import Testing

@testable import STTValues

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "00:00:00,000"), (61.123, "00:01:01,123"), (3661.5, "01:01:01,500"), (-1, "00:00:00,000"),
        (59.9996, "00:01:00,000"), (0.0005, "00:00:00,001"), (0.12, "00:00:00,120"), (360_000, "100:00:00,000"),
        (.nan, "00:00:00,000"), (-.infinity, "00:00:00,000"), (.infinity, "277777777:46:40,000"),
    ])
    func subtitlesShowMilliseconds(seconds: Double, expected: String) {
        #expect(Timestamp(seconds: seconds).subtitle(fractionSeparator: ",") == expected)
    }

    @Test(arguments: [
        (0, "00:00"), (65, "01:05"), (3661, "01:01:01"), (59.6, "01:00"), (-5, "00:00"), (61.4, "01:01"),
        (0.5, "00:01"), (59.4996, "00:59"), (3599.4, "59:59"), (3599.6, "01:00:00"), (360_000, "100:00:00"),
        (.nan, "00:00"),
    ])
    func headingsShowWholeSeconds(seconds: Double, expected: String) {
        #expect(Timestamp(seconds: seconds).heading == expected)
    }
}
