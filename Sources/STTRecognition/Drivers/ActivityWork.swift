import STTInference

/// One step of a voice activity model, as work for the queue.
struct ActivityWork: InferenceRequest {
    /// The voice activity of a stream, and after the run that behind the samples.
    var activity: any VoiceActivity
    /// `nil` at the end of the audio.
    let samples: [Float]?
    let levels: [Float]

    func run(_ token: CancellationToken) throws -> (activity: any VoiceActivity, probabilities: [Float]) {
        var activity = activity
        let probabilities = try activity.append(samples, levels: levels)
        return (activity, probabilities)
    }
}

extension VoiceActivity {
    /// `append`, or `finish` where there are no samples any more.
    mutating func append(_ samples: [Float]?, levels: [Float]) throws -> [Float] {
        guard let samples else { return try finish() }
        return try append(samples, levels: levels)
    }
}
