import GigaSTT

/// The options of the engine: utterances of a recording end as in live speech, so that the texts agree, and the server's
/// limits hold. What the loaded models cannot do is left out.
extension RecognitionRequest {
    /// The options of a recording.
    func options(_ settings: ServerSettings, _ capabilities: Capabilities) -> TranscriptionOptions {
        var options = TranscriptionOptions()
        options.channels = channels
        options.wordEnds = wordEnds
        options.confidence = confidence
        options.text = text(settings.text, capabilities)
        options.speakers = speakers == true && capabilities.speakers ? separation : nil
        options.usesVoiceActivityModel = usesVoiceActivityModel(capabilities)
        options.hotwords = preferred
        options.maximumAlternatives = alternatives(capabilities)
        options.endpointing = endpointing(settings.session, capabilities)
        options.queueTimeout = settings.queueTimeout
        options.progressTimeout = settings.inferenceTimeout > .zero ? settings.inferenceTimeout : nil
        options.maximumDuration = settings.maximumAudioDuration > .zero ? settings.maximumAudioDuration : nil
        return options
    }

    /// The options of a live session.
    func liveOptions(_ settings: ServerSettings, _ capabilities: Capabilities) -> LiveOptions {
        var options = LiveOptions()
        options.wordEnds = wordEnds
        options.confidence = confidence
        options.text = text(settings.text, capabilities)
        options.usesVoiceActivityModel = usesVoiceActivityModel(capabilities)
        options.hotwords = preferred
        options.maximumAlternatives = alternatives(capabilities)
        options.endpointing = endpointing(settings.session, capabilities)
        options.speakers = speakers == true && capabilities.speakers ? separation : nil
        options.finalTimeout = settings.inferenceTimeout > .zero ? settings.inferenceTimeout : nil
        return options
    }

    /// The phrases of the request instead of the server's; a boost without phrases changes nothing.
    private var preferred: Hotwords? {
        hotwords.map { Hotwords($0, boost: hotwordBoost.map { Float($0) } ?? Hotwords.defaultBoost) }
    }

    private func alternatives(_ capabilities: Capabilities) -> Int {
        capabilities.alternatives ? maximumAlternatives ?? 1 : 1
    }

    private func endpointing(_ session: SessionSettings, _ capabilities: Capabilities) -> Endpointing {
        (endpointMode ?? session.endpointMode).endpointing(
            silence: silence ?? session.endpointSilence, hasModel: usesVoiceActivityModel(capabilities))
    }

    private func usesVoiceActivityModel(_ capabilities: Capabilities) -> Bool {
        capabilities.voiceActivityModel && voiceActivity != false
    }
}
