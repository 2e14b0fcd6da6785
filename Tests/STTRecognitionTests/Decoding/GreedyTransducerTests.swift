import Foundation
import Testing

@testable import STTRecognition

/// Cases 44–50 of the gigastt 2.3 contract. The vocabulary has five tokens; the blank is 4.
@Suite struct GreedyTransducerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let script: [Int]
        let frameCount: Int
        let tokens: [(id: Int, frame: Int)]
        let predictions: Int
        let joints: Int
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "a token a frame", script: [1, 4, 2, 4], frameCount: 2, tokens: [(1, 0), (2, 1)], predictions: 3,
            joints: 4),
        Case(
            name: "a run of blanks", script: [1, 4, 4, 4, 4], frameCount: 4, tokens: [(1, 0)], predictions: 2, joints: 5
        ),
        Case(name: "nothing", script: [], frameCount: 20, tokens: [], predictions: 1, joints: 20),
        Case(
            name: "many tokens at one frame", script: [1, 2, 3, 0, 4, 1], frameCount: 2,
            tokens: [(1, 0), (2, 0), (3, 0), (0, 0), (1, 1)], predictions: 6, joints: 7),
        Case(
            name: "an eleventh token at a frame is thrown away", script: [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2],
            frameCount: 1, tokens: [0, 1, 2, 3, 0, 1, 2, 3, 0, 1].map { ($0, 0) }, predictions: 11, joints: 11),
        Case(
            name: "the limit is per frame", script: Array(repeating: 3, count: 23), frameCount: 3,
            tokens: Array(repeating: (3, 0), count: 10) + Array(repeating: (3, 1), count: 10) + [(3, 2)],
            predictions: 22, joints: 24),
        Case(name: "no frames", script: [1], frameCount: 0, tokens: [], predictions: 0, joints: 0),
    ]

    private func search(
        _ networks: ScriptedNetworks, frameCount: Int, options: DecodeOptions = DecodeOptions(),
        isCancelled: () -> Bool = { false }
    ) throws -> Hypothesis {
        let hypotheses = try GreedyTransducer(blank: 4).hypotheses(
            (), frameCount: frameCount, with: networks, options: options, isCancelled: isCancelled)
        #expect(hypotheses.count == 1)
        return hypotheses[0]
    }

    @Test(arguments: cases) func theSearchFollowsTheScript(_ expected: Case) throws {
        let networks = ScriptedNetworks(script: expected.script)
        let hypothesis = try search(networks, frameCount: expected.frameCount)
        #expect(hypothesis.frameCount == expected.frameCount)
        #expect(hypothesis.tokens.map(\.id) == expected.tokens.map(\.id))
        #expect(hypothesis.tokens.map(\.frame) == expected.tokens.map(\.frame))
        #expect(networks.predictions == expected.predictions)
        #expect(networks.joints == expected.joints)
    }

    /// What the joint sees is the history of the tokens kept so far, not of the one thrown away.
    @Test func thePredictionKnowsExactlyTheTokensKept() throws {
        let networks = ScriptedNetworks(script: Array(repeating: 3, count: 11) + [2, 4])
        _ = try search(networks, frameCount: 2)
        #expect(networks.histories.last == Array(repeating: 3, count: 10) + [2])
        #expect(networks.histories[10] == networks.histories[11])
    }

    @Test func confidenceIsTheProbabilityOfTheToken() throws {
        // Winner 1, the other four 0: e / (e + 4).
        let networks = ScriptedNetworks(script: [1, 4, 2, 4])
        let hypothesis = try search(networks, frameCount: 2)
        #expect(hypothesis.tokens.allSatisfy { abs($0.confidence - 0.404_609) < 1e-5 })
    }

    @Test func theScoreIsTheLogarithmOfTheProbabilities() throws {
        let hypothesis = try search(ScriptedNetworks(script: [1, 4, 2, 4]), frameCount: 2)
        #expect(abs(hypothesis.score - 2 * log(0.404_609)) < 1e-4)
    }

    @Test func anEmptyRowOfScoresIsABlank() throws {
        let networks = ScriptedNetworks(script: [], vocabularySize: 0)
        let hypothesis = try search(networks, frameCount: 3)
        #expect(hypothesis.tokens.isEmpty)
        #expect(networks.joints == 3)
    }

    @Test func cancellationIsAskedForBeforeEveryFrame() throws {
        let networks = ScriptedNetworks(script: [])
        var asked = 0
        #expect(throws: CancellationError.self) {
            try search(networks, frameCount: 20) {
                asked += 1
                return asked == 6
            }
        }
        #expect(networks.joints == 5)
    }

    @Test func aFailureOfANetworkIsPassedOn() {
        let networks = ScriptedNetworks(script: [1], failsAtJoint: 1)
        #expect(throws: ScriptedNetworks.Failure.self) {
            try search(networks, frameCount: 3)
        }
    }
}

/// A joint whose k-th call makes the k-th token of a script win, then the blank for ever; it counts calls.
private final class ScriptedNetworks: TransducerNetworks {
    struct Failure: Error {}

    private let script: [Int]
    private let vocabularySize: Int
    private let failsAtJoint: Int?
    private(set) var predictions = 0
    private(set) var joints = 0
    /// Tokens that the prediction knew of, at each call of the joint.
    private(set) var histories: [[Int]] = []

    init(script: [Int], vocabularySize: Int = 5, failsAtJoint: Int? = nil) {
        self.script = script
        self.vocabularySize = vocabularySize
        self.failsAtJoint = failsAtJoint
    }

    func start() -> [Int] {
        predictions += 1
        return []
    }

    func advance(_ prediction: inout [Int], by token: Int) {
        predictions += 1
        prediction.append(token)
    }

    func withScores<Result>(
        frame: Int, of frames: Void, after prediction: [Int], _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws -> Result {
        if joints == failsAtJoint { throw Failure() }
        let winner = joints < script.count ? script[joints] : 4
        joints += 1
        histories.append(prediction)
        return (0..<vocabularySize).map { $0 == winner ? 1 : 0 }.withUnsafeBufferPointer(body)
    }
}
