import Foundation
import STTValues

extension RecognizerConfiguration {
    /// Throws `invalidOption` for a number outside its range.
    func validate() throws(GigaSTTError) {
        let counts = 1...256
        guard counts.contains(workerCount), counts.contains(threadsPerWorker) else {
            throw GigaSTTError(
                .invalidOption, "A recognizer needs 1 to 256 workers of 1 to 256 threads. Set numbers in that range.")
        }
        if let fileWorkerLimit, fileWorkerLimit < 1 {
            throw GigaSTTError(
                .invalidOption, "Recordings need at least one worker. Set fileWorkerLimit to 1 or more, or to nil.")
        }
        if let fileWindowConcurrency, fileWindowConcurrency < 1 {
            throw GigaSTTError(
                .invalidOption,
                "A recording needs at least one window. Set fileWindowConcurrency to 1 or more, or to nil.")
        }
        if let encoderBatchLimit, !(1...64).contains(encoderBatchLimit) {
            throw GigaSTTError(
                .invalidOption, "A run takes 1 to 64 windows. Set encoderBatchLimit in that range, or to nil.")
        }
        try require(admissionLimit, "admissionLimit")
        // Not a number is in no range.
        guard (0...1).contains(voiceActivityThreshold) else {
            throw GigaSTTError(.invalidOption, "A threshold is a probability. Set voiceActivityThreshold to 0…1.")
        }
    }
}

extension TranscriptionOptions {
    /// Throws `invalidOption` for a limit below zero, and for alternatives and fusion that the loaded model cannot give.
    func validate(_ head: RecognitionHead, canFuse: Bool) throws(GigaSTTError) {
        try require(alternatives: maximumAlternatives, of: head)
        try text.validate(canFuse: canFuse)
        try require(queueTimeout, "queueTimeout")
        try require(progressTimeout, "progressTimeout")
        try require(maximumDuration, "maximumDuration")
        try require(endpointing.silence, "endpointing.silence")
        try hotwords?.validate()
    }
}

extension LiveOptions {
    /// Throws `invalidOption` for a limit below zero, and for alternatives and fusion that the loaded model cannot give.
    func validate(_ head: RecognitionHead, canFuse: Bool) throws(GigaSTTError) {
        try require(alternatives: maximumAlternatives, of: head)
        try text.validate(canFuse: canFuse)
        try require(finalTimeout, "finalTimeout")
        try require(endpointing.silence, "endpointing.silence")
        try hotwords?.validate()
    }
}

extension TextFormatting {
    fileprivate func validate(canFuse: Bool) throws(GigaSTTError) {
        guard fusion == true, !canFuse else { return }
        throw GigaSTTError(
            .invalidOption,
            "The head e2e_rnnt is not loaded. Set RecognizerConfiguration.fusion, or leave TextFormatting.fusion out.")
    }
}

extension Hotwords {
    /// Throws `invalidOption` for too many phrases.
    func validate() throws(GigaSTTError) {
        guard phrases.count > Self.countLimit else { return }
        throw GigaSTTError(
            .invalidOption, "There are \(phrases.count) hotwords. Give at most \(Self.countLimit).")
    }
}

private func require(_ limit: Duration?, _ name: String) throws(GigaSTTError) {
    guard let limit, limit < .zero else { return }
    throw GigaSTTError(.invalidOption, "A time cannot be negative. Set \(name) to zero or more, or leave it out.")
}

private func require(alternatives count: Int, of head: RecognitionHead) throws(GigaSTTError) {
    guard (1...10).contains(count) else {
        throw GigaSTTError(.invalidOption, "There are 1 to 10 alternatives. Set maximumAlternatives in that range.")
    }
    guard count == 1 || head.isTransducer else {
        throw GigaSTTError(
            .invalidOption,
            "The model \(head.rawValue) gives one reading. Load rnnt or e2e_rnnt for alternatives, or ask for one.")
    }
}
