import Foundation
import TestSupport
import Testing

@testable import ONNXFile

/// Files that are damaged, or made to harm: an error, never a trap.
@Suite struct HostileFileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: Data
        var code = ONNXFileError.Code.malformed
    }

    static let cases = [
        Case(testDescription: "empty", bytes: Data()),
        Case(testDescription: "a page of a web server", bytes: Data("<!DOCTYPE html><html>404</html>".utf8)),
        Case(testDescription: "no graph", bytes: Data([0x08, 0x08])),
        Case(testDescription: "two graphs", bytes: Data([0x3A, 0x00, 0x3A, 0x00])),
        Case(testDescription: "a graph that is a number", bytes: Data([0x38, 0x01])),
        Case(testDescription: "a length past the end", bytes: Data([0x3A, 0x05, 0x0A])),
        Case(
            testDescription: "a length of 2⁶⁴ − 1",
            bytes: Data([0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01])),
        Case(testDescription: "a number without end", bytes: Data([0x08] + Array(repeating: 0x80, count: 5))),
        Case(testDescription: "a number of eleven bytes", bytes: Data([0x08] + Array(repeating: 0x80, count: 11))),
        Case(testDescription: "field number 0", bytes: Data([0x00, 0x00])),
        Case(testDescription: "a group", bytes: Data([0x0B, 0x0C])),
        Case(testDescription: "four bytes that are three", bytes: Data([0x0D, 1, 2, 3])),
        Case(testDescription: "eight bytes that are seven", bytes: Data([0x09, 1, 2, 3, 4, 5, 6, 7])),
        Case(testDescription: "a name that is not UTF-8", bytes: Wire.model(Wire.bytes(1, Wire.bytes(1, [0xFF])))),
        Case(
            testDescription: "two nodes that make the same",
            bytes: Wire.model(Wire.bytes(1, Wire.text(2, "a")) + Wire.bytes(1, Wire.text(2, "a")))),
        Case(
            testDescription: "two weights of one name",
            bytes: Wire.model(Wire.bytes(5, Wire.text(8, "a")) + Wire.bytes(5, Wire.text(8, "a")))),
        Case(
            testDescription: "an axis of −1",
            bytes: Wire.model(weight: Wire.number(1, Array(repeating: 0xFF, count: 9) + [0x01]))),
        Case(
            testDescription: "more elements than a number can count",
            bytes: Wire.model(
                weight: [UInt8](
                    [[UInt8]](repeating: Wire.number(1, [0x80, 0x80, 0x80, 0x80, 0x10]), count: 2).joined()))),
        Case(
            testDescription: "more elements than any file has",
            bytes: Wire.model(weight: Wire.number(1, [0x81, 0x80, 0x80, 0x80, 0x80, 0x20]))),
        Case(
            testDescription: "seventeen axes",
            bytes: Wire.model(weight: Wire.bytes(1, [UInt8](repeating: 1, count: 17)))),
        Case(
            testDescription: "weights in another file", bytes: Wire.model(weight: Wire.number(14, [1])),
            code: .externalData),
        Case(
            testDescription: "weights in a named file", bytes: Wire.model(weight: Wire.bytes(13, Wire.text(2, "x"))),
            code: .externalData),
    ]

    @Test(arguments: cases) func theFileIsRefused(_ hostile: Case) throws {
        let error = try #require(throws: ONNXFileError.self) { try ONNXModel(hostile.bytes) }
        #expect(error.code == hostile.code)
        #expect(error.message.hasSuffix("."))
    }

    @Test func aFileThatIsNotThereIsUnreadable() throws {
        let error = try #require(throws: ONNXFileError.self) {
            try ONNXModel(contentsOf: URL(fileURLWithPath: "/nowhere/model.onnx"))
        }
        #expect(error.code == .unreadable)
        #expect(!error.description.contains("nowhere"))
        #expect(error.debugDescription.contains("/nowhere/model.onnx"))
    }

    /// Types: 1 float with raw bytes or float_data, 7 int64 with raw bytes or int64_data.
    @Test(arguments: [
        Wire.number(2, [1]) + Wire.number(1, [3]) + Wire.bytes(9, Array(repeating: 0, count: 8)),
        Wire.number(2, [1]) + Wire.number(1, [3]) + Wire.bytes(9, Array(repeating: 0, count: 16)),
        Wire.number(2, [1]) + Wire.number(1, [3]) + Wire.bytes(9, Array(repeating: 0, count: 11)),
        Wire.number(2, [1]) + Wire.number(1, [3]) + Wire.bytes(4, Array(repeating: 0, count: 8)),
        Wire.number(2, [1]) + Wire.number(1, [3]) + Wire.bytes(4, Array(repeating: 0, count: 13)),
        Wire.number(2, [1]) + Wire.number(1, [3]), Wire.number(2, [1]),
        Wire.number(2, [7]) + Wire.number(1, [2]) + Wire.bytes(9, Array(repeating: 0, count: 8)),
        Wire.number(2, [7]) + Wire.number(1, [2]) + Wire.bytes(9, Array(repeating: 0, count: 17)),
        Wire.number(2, [7]) + Wire.number(1, [2]) + Wire.bytes(7, [1, 2, 3]),
        Wire.number(2, [7]) + Wire.number(1, [2]) + Wire.bytes(7, [1, 0x80]),
    ])
    func aTensorThatDoesNotHoldWhatItsShapeSaysIsRefused(weight: [UInt8]) throws {
        let tensor = try #require(try ONNXModel(Wire.model(weight: weight)).graph.initializers[""])
        let error = try #require(throws: ONNXFileError.self) {
            if tensor.elementType == 1 { _ = try tensor.floats() } else { _ = try tensor.integers() }
        }
        #expect(error.code == .malformed)
    }

    @Test func aCircleOfIdentitiesIsNoConstant() throws {
        func identity(_ input: String, _ output: String) -> [UInt8] {
            Wire.bytes(1, Wire.text(1, input) + Wire.text(2, output) + Wire.text(4, "Identity"))
        }
        let graph = try ONNXModel(Wire.model(identity("a", "b") + identity("b", "a"))).graph
        #expect(graph.constant("a") == nil)
    }

    /// A node, its input, its output, its attribute with one number: parts of each kind.
    @Test(arguments: [
        Wire.bytes(1, []), Wire.bytes(11, []), Wire.bytes(12, []),
        Wire.bytes(1, Wire.text(1, "a")), Wire.bytes(1, Wire.bytes(5, Wire.bytes(8, [1, 2, 3]))),
        Wire.bytes(1, Wire.bytes(5, Wire.bytes(7, Array(repeating: 0, count: 12)))),
        Wire.bytes(1, Wire.bytes(5, Wire.text(9, "a"))),
    ])
    func aFileOfMorePartsThanAllowedIsRefused(part: [UInt8]) throws {
        let bytes = Wire.model(part + part + part)
        _ = try ONNXModel(bytes)
        let error = try #require(throws: ONNXFileError.self) { try ONNXModel(bytes, budget: PartBudget(2)) }
        #expect(error.code == .tooLarge)
    }

    @Test func aFileOfMoreWeightsThanAllowedIsRefused() throws {
        let bytes = Wire.model(["a", "b", "c"].flatMap { Wire.bytes(5, Wire.text(8, $0)) })
        _ = try ONNXModel(bytes, budget: PartBudget(3))
        let error = try #require(throws: ONNXFileError.self) { try ONNXModel(bytes, budget: PartBudget(2)) }
        #expect(error.code == .tooLarge)
    }

    @Test func noPrefixOfAGraphIsAModel() throws {
        // The graph ends before the two operator sets, 23 bytes.
        for count in 0..<Fixture.model.count - 23 {
            #expect(throws: ONNXFileError.self) { try ONNXModel(Fixture.model.prefix(count)) }
        }
    }

    /// Bytes changed at random give an error or another model; nothing traps, also when the weights are read.
    @Test func damagedBytesDoNotTrap() throws {
        var random = SeededRandom(7)
        var refused = 0
        for _ in 0..<4_000 {
            var bytes = Fixture.model
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let graph = try ONNXModel(bytes).graph
                for tensor in graph.initializers.values {
                    _ = try? tensor.floats()
                    _ = try? tensor.integers()
                }
                for output in graph.nodes.flatMap(\.outputs) { _ = graph.constant(output) }
            } catch {
                refused += 1
            }
        }
        #expect(refused > 400 && refused < 4_000)
    }
}
