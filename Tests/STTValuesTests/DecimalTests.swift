import TestSupport
import Testing

@testable import STTValues

/// Expected values are what C's `printf("%.3f")` and Rust's `ryu` print.
@Suite struct DecimalTests {
    @Test(arguments: [
        (0, "0.000"), (0.12, "0.120"), (0.44, "0.440"), (Double(0.97 as Float), "0.970"), (1, "1.000"),
        (0.9996, "1.000"), (61.123, "61.123"), (-1, "0.000"), (.nan, "0.000"), (.infinity, "1000000000000.000"),
    ])
    func threeDecimalsAreAlwaysThere(value: Double, expected: String) {
        #expect(ThreeDecimals.text(of: value) == expected)
    }

    @Test(arguments: [
        // Exact ties go to the even neighbour.
        (0.0625, "0.062"), (0.1875, "0.188"),
        // No ties, though multiplying by 1000 makes them look like some.
        (1.0005, "1.000"), (59.9995, "59.999"), (0.0005, "0.001"), (1.0015, "1.002"), (0.9995, "1.000"),
    ])
    func threeDecimalsRoundTheExactValue(value: Double, expected: String) {
        #expect(ThreeDecimals.text(of: value) == expected)
    }

    @Test(arguments: [
        (3.2, "3.2"), (3, "3"), (0, "0"), (100, "100"), (1.4, "1.4"), (0.05, "0.05"), (-2.5, "-2.5"),
        (1e16, "10000000000000000"), (1.25e17, "125000000000000000"), (1.2e-7, "0.00000012"), (1e-5, "0.00001"),
    ])
    func plainNotationHasNoExponent(value: Double, expected: String) {
        #expect(ShortestDecimal(value)?.plain == expected)
    }

    @Test(arguments: [
        (3, "3.0"), (3.2, "3.2"), (0, "0.0"), (-0.0, "-0.0"), (-1.5, "-1.5"), (0.1, "0.1"), (120, "120.0"),
        (1e15, "1000000000000000.0"), (1e16, "1e16"), (1_234_567_890_123_456, "1234567890123456.0"),
        (1.2345e20, "1.2345e20"), (0.0123, "0.0123"), (0.00001, "0.00001"), (0.0000123, "0.0000123"),
        (0.000001, "1e-6"), (1.2e-7, "1.2e-7"), (.leastNonzeroMagnitude, "5e-324"),
        (.greatestFiniteMagnitude, "1.7976931348623157e308"), (Double(0.97 as Float), "0.9700000286102295"),
        (Double(0.9 as Float), "0.8999999761581421"),
    ])
    func jsonNumbersAreThoseOfSerde(value: Double, expected: String) {
        #expect(JSONLiteral.number(value) == expected)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func whatIsNoFiniteNumberIsNull(value: Double) {
        #expect(JSONLiteral.number(value) == "null")
    }

    @Test func everyFiniteNumberReadsBackAsItself() {
        var random = SeededRandom(7)
        for _ in 0..<5_000 {
            let value = Double(bitPattern: random.next())
            guard let decimal = ShortestDecimal(value) else {
                #expect(!value.isFinite)
                continue
            }
            #expect(Double(decimal.json) == value)
            #expect(Double(decimal.plain) == value)
            #expect(!decimal.plain.contains("e"))
        }
    }
}
