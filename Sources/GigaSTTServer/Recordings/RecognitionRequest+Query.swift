import GigaSTT
import STTValues

extension RecognitionRequest {
    /// Reads the fields that the queries of all recordings have. Throws `invalid_query`.
    init(_ fields: QueryFields) throws(HTTPFailure) {
        self.init()
        variant = try fields["variant"]
        punctuation = try fields.boolean("punctuation")
        numbers = try fields.boolean("itn")
        numberStyle = try fields.numberStyle()
        masks = try fields.masks()
        fusion = try fields.boolean("fusion")
        confidence = try fields.confidence() ?? .raw
        spans = try fields.boolean("spans")
        maximumAlternatives = try fields.alternatives()
        voiceActivity = try fields.boolean("vad")
        channels = try fields["channels"] == "split" ? .apart : .mixed
        codec = try fields["codec"]
        sampleRate = try fields.number("sample_rate")
        track = try fields.track()
        wordEnds = try fields.wordEnds() ?? .spoken
        hotwords = try fields["hotwords"].map(Self.phrases)
        hotwordBoost = try fields.decimal("hotwords_boost")
    }

    /// Reads the query of an event stream. Speakers are ignored, which are known at the end of a recording only.
    ///
    /// Throws `invalid_commit_policy` and `invalid_query`.
    init(events query: String?) throws(HTTPFailure) {
        let fields = QueryFields(query)
        try self.init(fields)
        commitPolicy = try fields.commitPolicy()
        partials = try fields.boolean("partials")
        endEvent = try fields.boolean("end")
    }
}
