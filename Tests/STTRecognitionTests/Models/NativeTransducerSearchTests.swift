import Foundation
import OnnxRuntime
import Testing

@testable import STTRecognition

/// The search with our own networks against the search through ONNX Runtime, on real speech.
@Suite struct NativeTransducerSearchTests {
    private struct Model {
        let encoder: OnnxEncoder
        let native: NativeTransducer
        let graphs: OnnxTransducer

        init() throws {
            let files = try ModelFiles(in: Repository.builtInModel)
            let networks = try #require(files.networks)
            let environment = try OrtEnvironment.shared()
            encoder = try OnnxEncoder(LoadedGraph(files.encoder, options: .init(), in: environment))
            native = try #require(NativeTransducer(networks, blank: 33))
            graphs = try OnnxTransducer(
                prediction: LoadedGraph(networks.prediction, options: .init(), in: environment),
                joint: LoadedGraph(networks.joint, options: .init(), in: environment),
                encoderChannels: encoder.channelCount, blank: 33)
        }
    }

    private static let model = Result { try Model() }

    @Test(arguments: Golden.recordings) func bothFindTheSame(_ recording: Golden) throws {
        let model = try Self.model.get()
        let window = FeatureWindow(values: try Recording.features(recording.file).values)
        let encoded = try model.encoder.encode(window, cancellation: RunCancellation(in: .shared()))
        let searches: [any TransducerSearch] = [
            GreedyTransducer(blank: 33), BeamTransducer(blank: 33, width: 4),
        ]
        for search in searches {
            let ours = try search.hypotheses(
                model.native.frames(encoded), frameCount: encoded.frameCount, with: model.native,
                options: DecodeOptions()
            ) { false }
            let theirs = try search.hypotheses(
                encoded, frameCount: encoded.frameCount, with: model.graphs, options: DecodeOptions()
            ) { false }
            try compare(ours, theirs)
        }
    }

    private func compare(_ ours: [Hypothesis], _ theirs: [Hypothesis]) throws {
        let (ours, theirs) = (try #require(ours.first), try #require(theirs.first))
        #expect(abs(ours.score - theirs.score) < 1e-2)
        #expect(!ours.tokens.isEmpty)
        #expect(ours.tokens.map(\.id) == theirs.tokens.map(\.id))
        #expect(ours.tokens.map(\.frame) == theirs.tokens.map(\.frame))
        for (our, their) in zip(ours.tokens, theirs.tokens) { #expect(abs(our.confidence - their.confidence) < 1e-4) }
    }
}
