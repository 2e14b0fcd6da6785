import ArgumentParser
import Foundation

/// What the engines hear: the bundled recordings, and clips that are joined from them.
struct PeerRecordings {
    /// Recordings that are measured one after the other and count as one.
    struct Group {
        let name: String
        let files: [URL]
        let seconds: Double
    }

    /// In the order in which they are measured; the first recording of the first group is what engines start with.
    let groups: [Group]
    /// A short one, to start with.
    let first: URL

    /// `names` are `demo`, or a length of a joined clip as in `16s`. Clips are written into `folder`.
    init(_ names: [String], in folder: URL) throws {
        let demo = URL(fileURLWithPath: "Demo")
        let recordings = try FileManager.default.contentsOfDirectory(at: demo, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "wav" }.sorted { $0.path < $1.path }
        guard let shortest = try recordings.min(by: { try Self.size($0) < Self.size($1) }) else {
            throw ValidationError("there are no recordings in Demo; run this in the root of the repository")
        }
        first = shortest
        // Without pauses between them: silence is what our engine does not decode.
        let speech = try recordings.map { try Data(contentsOf: $0).dropFirst(WaveFile.headerSize) }
            .reduce(Data(), +)
        groups = try names.map { name in
            if name == "demo" { return try Group(name: name, files: recordings) }
            guard name.hasSuffix("s"), let seconds = Int(name.dropLast()), (1...3_600).contains(seconds) else {
                throw ValidationError("a set is demo, or a length such as 16s, not \(name)")
            }
            let clip = folder.appendingPathComponent("\(name).wav")
            try WaveFile.write(to: clip, seconds: seconds, repeating: speech)
            return try Group(name: name, files: [clip])
        }
    }

    fileprivate static func size(_ recording: URL) throws -> Int {
        try recording.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    }
}

extension PeerRecordings.Group {
    fileprivate init(name: String, files: [URL]) throws {
        let bytes = try files.reduce(0) { try $0 + PeerRecordings.size($1) - WaveFile.headerSize }
        self.init(name: name, files: files, seconds: Double(bytes) / 32_000)
    }
}
