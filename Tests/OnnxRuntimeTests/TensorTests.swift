import OnnxRuntime
import Testing

@Suite struct TensorTests {
    private let environment: OrtEnvironment

    init() throws { environment = try .shared() }

    @Test func elementsAreReadAsTheyWereWritten() throws {
        let tensor = try Tensor(shape: [2, 3], of: Int32.self, in: environment) { target in
            for index in target.indices { target[index] = Int32(index * index) }
        }
        #expect(tensor.shape == [2, 3])
        #expect(tensor.count == 6)
        #expect(tensor.elementType == .int32)
        #expect(try tensor.withElements(of: Int32.self) { Array($0) } == [0, 1, 4, 9, 16, 25])
    }

    @Test func whatIsNotFilledIsZero() throws {
        let tensor = try Tensor(shape: [5], of: Float.self, in: environment) { $0[2] = 7 }
        #expect(try tensor.floats() == [0, 0, 7, 0, 0])
    }

    @Test func aTensorWithoutAxesHoldsOneElement() throws {
        let tensor = try Tensor(shape: [], of: Int64.self, in: environment) { $0[0] = 16_000 }
        #expect(tensor.count == 1)
        #expect(try tensor.withElements(of: Int64.self) { Array($0) } == [16_000])
    }

    @Test func readingAsAnotherTypeIsRefused() throws {
        let tensor = try Tensor.vector([1, 2], in: environment)
        let error = try #require(throws: OrtError.self) { try tensor.withElements(of: Int32.self) { $0.count } }
        #expect(error.code == .wrongType)
    }

    @Test func aViewShowsPartOfItsOwner() throws {
        let view = try Tensor(
            viewing: .vector([0, 1, 2, 3, 4, 5], in: environment), from: 2, shape: [1, 3], in: environment)
        #expect(view.shape == [1, 3])
        #expect(try view.floats() == [2, 3, 4])
    }

    @Test func aViewKeepsItsOwnerAliveThroughARun() throws {
        let session = try OrtSession(.bytes(SumGraph.bytes), in: environment)
        let views = try [Float(1), 2].map { value in
            try Tensor(
                viewing: .vector(Array(repeating: value, count: 100_000), in: environment), from: 99_998, shape: [2],
                in: environment)
        }
        #expect(try session.run(views)[0].floats() == [3, 3])
    }

    @Test(arguments: [(-1, 2), (0, 7), (5, 2), (6, 1)])
    func aViewBeyondItsOwnerIsRefused(offset: Int, count: Int) throws {
        let owner = try Tensor.vector([0, 1, 2, 3, 4, 5], in: environment)
        let error = try #require(throws: OrtError.self) {
            try Tensor(viewing: owner, from: offset, shape: [count], in: environment)
        }
        #expect(error.code == .wrongType)
    }

    @Test func aViewOfIntegersIsRefused() throws {
        let owner = try Tensor.integers([1, 2], shape: [2], in: environment)
        let error = try #require(throws: OrtError.self) { try Tensor(viewing: owner, shape: [2], in: environment) }
        #expect(error.code == .wrongType)
    }
}
