import Foundation

/// What a worker says: `Tools/Peers/worker.py`, or `gigastt-bench peer-worker`.
struct PeerAnswer: Codable {
    /// Where the time of a recording went, in seconds; added over threads.
    struct Parts: Codable {
        var features = 0.0
        var encoder = 0.0
        var search = 0.0
    }

    /// Seconds to load the model: the first line.
    var loadS: Double?
    /// Seconds from the path of a recording to its text.
    var seconds: Double?
    var processorS: Double?
    var peakMb: Double?
    var text: String?
    var parts: Parts?
    var error: String?

    init() {}

    init(line: Data) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Self.self, from: line)
        if let error { throw LineProcess.Failure(description: error) }
    }

    /// As a line of JSON.
    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
