import GigaSTT

extension RecognitionRequest {
    /// `diarization`, `speakers`, `min_speakers`, `max_speakers`: a number asks for speakers unless `diarization` is false.
    ///
    /// Throws `HTTPFailure` with code `invalid_query`.
    mutating func readSpeakers(_ fields: QueryFields) throws(HTTPFailure) {
        let (count, least, most): (Int?, Int?, Int?) = (
            try fields.number("speakers"), try fields.number("min_speakers"), try fields.number("max_speakers")
        )
        let isNumbered = count != nil || least != nil || most != nil
        speakers = try fields.boolean("diarization") ?? (isNumbered ? true : nil)
        do {
            separation = try SpeakerSeparation(count: count, minimum: least, maximum: most)
        } catch {
            throw QueryFields.failure("speakers: \(error.message)")
        }
    }
}
