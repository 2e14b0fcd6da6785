import Foundation

/// One engine's time for one group of recordings.
struct PeerRun: Encodable {
    var seconds = 0.0
    var processor = 0.0
    var parts: PeerAnswer.Parts?
    var letters = 0

    mutating func add(_ answer: PeerAnswer) throws {
        guard let taken = answer.seconds, let text = answer.text else {
            throw LineProcess.Failure(description: "the answer says neither time nor text")
        }
        seconds += taken
        processor += answer.processorS ?? 0
        letters += text.count
        guard let more = answer.parts else { return }
        var sum = parts ?? .init()
        sum.features += more.features
        sum.encoder += more.encoder
        sum.search += more.search
        parts = sum
    }
}

/// All that was measured of one engine with one number of threads.
struct PeerRecord: Encodable {
    let name: String
    var load = 0.0
    /// From the start of the process to the text of a short recording.
    var firstText = 0.0
    var peakMegabytes = 0.0
    /// By group, one a round.
    var runs: [String: [PeerRun]] = [:]
    /// Why there is nothing, or nothing more.
    var failure: String?
}
