import Foundation
import TestSupport
import Testing

/// What `gigastt quantize` does to the encoder of the built-in model, which is trained and has the structure of v3.
@Suite struct QuantizedWordsTests {
    /// Of 100 words that the floats hear, so many may become others. The card of the model says what was measured.
    private static let allowedPercent = 3.0

    @Test func theWordsStayThoseOfTheFloats() async throws {
        let expected = try await BuiltInCopy.floats().texts()
        let count = expected.reduce(0) { $0 + $1.split(separator: " ").count }
        #expect(count > 60)
        for forms in [["reference"], ["fast"], ["reference", "fast"], ["matmul"], ["matmul", "fast"]] {
            let found = try await Self.quantized(forms).texts()
            let errors = zip(found, expected).reduce(0) { $0 + WordErrors.count($1.0, against: $1.1) }
            #expect(100 * Double(errors) <= Self.allowedPercent * Double(count), "\(forms): \(errors) of \(count)")
        }
    }

    @Test func theFastFormIsNoFartherFromTheFloatsThanTheReference() async throws {
        let floats = try BuiltInCopy.floats().encoded()
        func distance(_ forms: [String]) async throws -> Double {
            let encoded = try await Self.quantized(forms).encoded()
            return zip(floats, encoded).reduce(0) { $0 + 1 - Self.cosine($1.0, $1.1) } / Double(floats.count)
        }
        let (reference, fast) = (try await distance(["reference"]), try await distance(["fast"]))
        #expect(reference > 0 && reference < 0.01)
        // In so narrow a model both differ from the floats by the rounding of activations, which is the same for both.
        #expect(fast <= 1.02 * reference, "\(fast), \(reference)")
    }

    /// A model that was quantised in place, in these forms, each from what the one before has left.
    private static func quantized(_ forms: [String]) async throws -> BuiltInCopy {
        var model = try BuiltInCopy.floats()
        for (index, form) in forms.enumerated() {
            if index > 0 {
                model = try model.withoutFloats()
            }
            let options = index > 0 ? ["--force"] : []
            let result = try await Program().run(
                ["quantize", "--model-dir", model.folder.path(""), "--form", form] + options)
            #expect(result.code == 0, "\(result.errors)")
        }
        return model
    }

    private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        func product(_ x: [Float], _ y: [Float]) -> Double { zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }
}
