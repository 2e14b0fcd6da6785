import Testing

@testable import OnnxRuntime

/// Codes of `OrtErrorCode` in onnxruntime_c_api.h.
@Suite struct OrtErrorTests {
    static let codes: [(Int32, OrtError.Code)] = [
        (1, .runFailed), (2, .runFailed), (3, .fileMissing), (6, .runFailed), (7, .modelInvalid),
        (9, .modelInvalid), (10, .modelInvalid), (11, .runFailed), (99, .runFailed),
    ]

    @Test(arguments: codes)
    func aStatusBecomesACode(status: Int32, code: OrtError.Code) {
        let error = OrtError(status: status, text: "Load model from /secret failed")
        #expect(error.code == code)
        #expect(!error.description.contains("/secret"))
        #expect(error.debugDescription.contains("/secret"))
        #expect(error.description.hasPrefix("\(code): "))
    }

    @Test func withoutDetailBothDescriptionsAreTheSame() {
        let error = OrtError(.wrongType, "Something.")
        #expect(error.description == "wrongType: Something.")
        #expect(error.debugDescription == error.description)
    }
}
