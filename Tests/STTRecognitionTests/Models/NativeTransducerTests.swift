import Foundation
import OnnxRuntime
import TestSupport
import Testing

@testable import STTRecognition

/// Our own prediction network and joint against the formulas, with random weights.
@Suite struct NativeTransducerTests {
    typealias Sizes = RandomTransducer.Sizes

    /// Those of the published models, and those that fill no panel, or one exactly, or one and a bit.
    static let sizes = [
        Sizes(), Sizes(tokens: 129, joint: 256),
        Sizes(tokens: 5, embedding: 3, hidden: 2, channels: 4, joint: 3),
        Sizes(tokens: 32, embedding: 7, hidden: 32, channels: 33, joint: 64),
        Sizes(tokens: 33, embedding: 1, hidden: 33, channels: 1, joint: 31),
        Sizes(tokens: 1, embedding: 5, hidden: 17, channels: 9, joint: 1),
    ]
    static let instructionSets = InstructionSet.allCases.filter(\.isAvailable)

    @Test(arguments: sizes) func theScoresAreThoseOfTheFormulas(sizes: Sizes) throws {
        let network = RandomTransducer(sizes)
        for instructions in Self.instructionSets {
            let native = try #require(try network.native(instructions: instructions))
            #expect(native.tokenCount == sizes.tokens)
            #expect(native.channelCount == sizes.channels)
            try compare(native, with: TextbookTransducer(network), sizes)
        }
    }

    private func compare(_ native: NativeTransducer, with textbook: TextbookTransducer, _ sizes: Sizes) throws {
        var (random, textbook) = (SeededRandom(2), textbook)
        // More frames than any kernel takes at once, and not a multiple of them.
        let encoded = try EncodedFrames.random(count: 11, channels: sizes.channels, &random)
        let frames = try native.frames(encoded.frames)
        var prediction = try native.start()
        textbook.advance(by: sizes.tokens - 1)
        for frame in [0, 5, 10, 7] {
            let expected = textbook.scores(encoded.rows[frame])
            let scores = try native.withScores(frame: frame, of: frames, after: prediction) { Array($0) }
            #expect(scores.count == sizes.tokens)
            // Logits are scores but for a constant.
            let shift = zip(expected, scores).map { $0 - Double($1) }.reduce(0, +) / Double(expected.count)
            for (score, expected) in zip(scores, expected) { #expect(abs(Double(score) + shift - expected) < 1e-5) }
            let probability = scores.withUnsafeBufferPointer { TokenScores.probability(of: 0, in: $0) }
            #expect(abs(Double(probability) - exp(expected[0])) < 1e-5)

            let token = random.within(0...sizes.tokens - 1)
            try native.advance(&prediction, by: token)
            textbook.advance(by: token)
        }
    }

    @Test(arguments: instructionSets) func theStateStaysRightOverManyTokens(instructions: InstructionSet) throws {
        let network = RandomTransducer(Sizes(tokens: 9, embedding: 12, hidden: 40, channels: 6, joint: 20))
        let native = try #require(try network.native(instructions: instructions))
        var random = SeededRandom(3)
        var textbook = TextbookTransducer(network)
        var prediction = try native.start()
        textbook.advance(by: 8)
        for _ in 0..<300 {
            let token = random.within(0...8)
            try native.advance(&prediction, by: token)
            textbook.advance(by: token)
        }
        for unit in 0..<40 {
            #expect(abs(Double(prediction.memory.hidden[unit]) - textbook.hidden[unit]) < 1e-5)
            #expect(abs(Double(prediction.memory.cell[unit]) - textbook.cell[unit]) < 1e-5)
        }
    }

    /// Gates of ±1 000 are 0 or 1, and not a number of another kind.
    @Test(arguments: instructionSets) func saturatedGatesAreZeroOrOne(instructions: InstructionSet) throws {
        var network = RandomTransducer(Sizes(tokens: 3, embedding: 2, hidden: 2, channels: 2, joint: 2))
        network.saturate([1_000, -1_000, 1_000, 1_000, 1_000, -1_000, 1_000, -1_000])
        let native = try #require(try network.native(instructions: instructions))
        let prediction = try native.start()
        // Unit 0: input 1, output 1, forget 1, candidate 1. Unit 1: input 0.
        #expect(abs(prediction.memory.cell[0] - 1) < 1e-6)
        #expect(abs(prediction.memory.hidden[0] - 0.761_594_2) < 1e-6)  // tanh 1
        #expect(abs(prediction.memory.cell[1]) < 1e-30)
        #expect(abs(prediction.memory.hidden[1]) < 1e-30)
    }

    @Test func searchesDoNotDisturbEachOther() throws {
        let network = RandomTransducer(Sizes(tokens: 9, embedding: 12, hidden: 40, channels: 6, joint: 20))
        let native = try #require(try network.native())
        var random = SeededRandom(4)
        let frames = try native.frames(EncodedFrames.random(count: 1, channels: 6, &random).frames)
        func scores(_ prediction: PredictionState) throws -> [Float] {
            try native.withScores(frame: 0, of: frames, after: prediction) { Array($0) }
        }
        let first = try native.start()
        let before = try scores(first)
        var second = try native.start()
        try native.advance(&second, by: 3)
        #expect(try scores(second) != before)
        #expect(try scores(first) == before)
    }

    /// Two hypotheses that begin alike go on by themselves.
    @Test func aCopyOfAPredictionIsAValue() throws {
        let network = RandomTransducer(Sizes(tokens: 9, embedding: 12, hidden: 40, channels: 6, joint: 20))
        let native = try #require(try network.native())
        func state(_ tokens: [Int], from start: PredictionState? = nil) throws -> PredictionState {
            var prediction = try start ?? native.start()
            for token in tokens { try native.advance(&prediction, by: token) }
            return prediction
        }
        func values(_ prediction: PredictionState) -> [Float] { (0..<40).map { prediction.memory.hidden[$0] } }
        let shared = try state([1, 2])
        let one = try state([3, 4], from: shared)
        let other = try state([5], from: shared)
        #expect(values(shared) == values(try state([1, 2])))
        #expect(values(one) == values(try state([1, 2, 3, 4])))
        #expect(values(other) == values(try state([1, 2, 5])))
    }

    @Test func tokensAndFramesThatThereAreNotAreErrors() throws {
        let network = RandomTransducer(Sizes(tokens: 9, embedding: 12, hidden: 40, channels: 6, joint: 20))
        let native = try #require(try network.native())
        var random = SeededRandom(5)
        let frames = try native.frames(EncodedFrames.random(count: 2, channels: 6, &random).frames)
        for token in [-1, 9, .max] {
            #expect(throws: OrtError.self) {
                var prediction = try native.start()
                try native.advance(&prediction, by: token)
            }
        }
        for frame in [-1, 2, .max] {
            #expect(throws: OrtError.self) {
                try native.withScores(frame: frame, of: frames, after: native.start()) { _ in }
            }
        }
        let foreign = try EncodedFrames.random(count: 2, channels: 7, &random).frames
        #expect(throws: OrtError.self) { try native.frames(foreign) }
    }

    @Test func noFramesAreNoFrames() throws {
        let native = try #require(try RandomTransducer(Sizes(tokens: 3, channels: 6)).native())
        var random = SeededRandom(6)
        #expect(try native.frames(EncodedFrames.random(count: 0, channels: 6, &random).frames).frameCount == 0)
    }
}

extension EncodedFrames {
    /// Frames of random numbers, and the same as arrays.
    static func random(
        count: Int, channels: Int, _ random: inout SeededRandom
    ) throws -> (frames: EncodedFrames, rows: [[Float]]) {
        let rows = (0..<count).map { _ in (0..<channels).map { _ in random.within(Float(-1)...1) } }
        let tensor = try Tensor(shape: [count, channels], of: Float.self, in: .shared()) { target in
            for (index, value) in rows.joined().enumerated() { target[index] = value }
        }
        return (EncodedFrames(frames: tensor, frameCount: count, channelCount: channels), rows)
    }
}

extension RandomTransducer {
    /// Gives the gates these values, whatever the token is.
    mutating func saturate(_ gates: [Float]) {
        for name in ["w", "r"] { set(name) { _ in 0 } }
        set("b") { $0 < gates.count ? gates[$0] : 0 }
    }
}
