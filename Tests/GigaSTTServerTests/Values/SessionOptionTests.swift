import GigaSTT
import NIOCore
import Testing

@testable import GigaSTTServer

/// From the members of `configure` to the options of the engine.
@Suite struct SessionOptionTests {
    /// The text of a `configure`, and the members of the request that it sets.
    static let configurations: [(members: [String], expected: @Sendable (inout RecognitionRequest) -> Void)] = [
        ([], { _ in }),
        ([#""endpoint_mode":" Manual ""#], { $0.endpointMode = .manual }),
        (
            [#""endpoint_mode":"ASSISTANT","min_silence_ms":300"#],
            { ($0.endpointMode, $0.silence) = (.assistant, .milliseconds(300)) }
        ),
        ([#""min_silence_ms":1"#], { $0.silence = .milliseconds(80) }),
        ([#""min_silence_ms":4294967295"#], { $0.silence = .seconds(60) }),
        (
            [#""itn":true,"punctuation":false,"diarization":true"#],
            { ($0.numbers, $0.punctuation, $0.speakers) = (true, false, true) }
        ),
        ([#""itn":true"#, #""itn":null,"punctuation":true"#], { ($0.numbers, $0.punctuation) = (true, true) }),
        ([#""itn":true"#, #""itn":false"#], { $0.numbers = false }),
        (
            [#""itn_policy":" Compat ","spans":true"#, #""itn_policy":null"#],
            { ($0.numberStyle, $0.spans) = (.compatible, true) }
        ),
        ([#""itn":false,"itn_policy":"old""#], { _ in }),
        ([#""mask":" Personal, profanity""#, #""mask":null"#], { $0.masks = [.profanity, .personal] }),
        ([#""mask":"none""#], { $0.masks = [] }), ([#""itn":true,"mask":"names""#], { _ in }),
        ([#""protocol_version":"1.2""#], { $0.commitPolicy = .auto }),
        ([#""commit_policy":"ON_FINALIZE""#, #""protocol_version":"1.2""#], { $0.commitPolicy = .onFinalize }),
        ([#""min_silence_ms":300,"commit_policy":"x""#], { $0.silence = .milliseconds(300) }),
        (
            [#""hotwords":" Ксенофонтов , нижний  новгород,","hotwords_boost":7.5"#],
            { ($0.hotwords, $0.hotwordBoost) = (["Ксенофонтов", "нижний новгород"], 7.5) }
        ),
        ([#""hotwords":"","hotwords_boost":3"#], { ($0.hotwords, $0.hotwordBoost) = ([], 3) }),
        ([#""hotwords":"а""#, #""hotwords":null,"itn":true"#], { ($0.hotwords, $0.numbers) = (["а"], true) }),
        ([#""hotwords":["а"]"#], { _ in }),
        ([#""hotwords_boost":"5""#], { _ in }),
        ([#""hotwords":"\#(String(repeating: "а,", count: 65))""#], { _ in }),
        ([#""hotwords":"\#(String(repeating: "а", count: 65))""#], { _ in }),
        ([#""max_alternatives":3"#, #""itn":true"#], { ($0.maximumAlternatives, $0.numbers) = (3, true) }),
        ([#""max_alternatives":0"#], { _ in }),
        ([#""max_alternatives":11"#], { _ in }),
        ([#""max_alternatives":2.0"#], { _ in }),
        // A wrong mode ends the processing of its message; a wrong type prevents it.
        ([#""itn":true,"endpoint_mode":"x","min_silence_ms":300"#], { $0.numbers = true }),
        ([#""itn":true,"punctuation":1"#], { _ in }),
    ]

    @Test(arguments: configurations.indices) func configureFillsTheRequest(index: Int) throws {
        let (members, expected) = Self.configurations[index]
        var machine = GigaProtocol(settings: SessionSettings(), model: "m")
        for members in members {
            _ = machine.receive(.text(#"{"type":"configure"\#(members.isEmpty ? "" : ",")\#(members)}"#))
        }
        var request = RecognitionRequest()
        expected(&request)
        #expect(
            try machine.receive(.bytes(2)) == [
                .input(.begin(.pcm16(sampleRate: 48_000), request)),
                .input(.audio(ByteBuffer(repeating: 0, count: 2))),
            ])
    }

    /// What a session leaves open is the server's setting.
    @Test(arguments: [false, true]) func requestBecomesOptionsOfTheEngine(hasModel: Bool) {
        var capabilities = Capabilities(head: .rnnt)
        capabilities.voiceActivityModel = hasModel
        var settings = ServerSettings()
        settings.session.endpointSilence = .milliseconds(700)
        settings.inferenceTimeout = .seconds(5)
        var request = RecognitionRequest()
        let options = request.liveOptions(settings, capabilities)
        #expect(options.endpointing == Endpointing(silence: .milliseconds(700), blankRun: !hasModel))
        #expect(options.finalTimeout == .seconds(5))
        (request.endpointMode, request.silence) = (.assistant, .milliseconds(300))
        let expected = Endpointing(silence: .milliseconds(300), blankRun: false)
        #expect(request.liveOptions(settings, capabilities).endpointing == expected)
        #expect(request.options(settings, capabilities).endpointing == expected)
        #expect(options.usesVoiceActivityModel == hasModel)
        (request.endpointMode, request.voiceActivity) = (.auto, false)
        let recording = request.options(settings, capabilities)
        #expect(!recording.usesVoiceActivityModel && recording.endpointing.blankRun)
        request.endpointMode = .manual
        settings.inferenceTimeout = .zero
        #expect(request.liveOptions(settings, capabilities).endpointing == .manual)
        #expect(request.liveOptions(settings, capabilities).finalTimeout == nil)
    }
}
