import HTTPTypes
import Testing

@testable import GigaSTTServer

@Suite struct TraceParentTests {
    /// The example of W3C Trace Context, section 3.2.3.
    static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func headerIsReadAsTheStandardSays() throws {
        let trace = try #require(TraceParent([.traceParent: Self.example]))
        #expect(trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736" && trace.parentID == "00f067aa0ba902b7")
        #expect(trace.description == Self.example)
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", example + "-x", example.uppercased(),
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473я-00f067aa0ba902b7-01",
    ])
    func otherValuesAreNoTrace(text: String) { #expect(TraceParent([.traceParent: text]) == nil) }

    @Test func twoHeadersAreNoTrace() {
        var fields: HTTPFields = [.traceParent: Self.example]
        fields.append(HTTPField(name: .traceParent, value: Self.example))
        #expect(TraceParent(fields) == nil)
    }
}
