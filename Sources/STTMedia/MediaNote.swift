/// Something about a recording that its reader should know, although it can be read.
public struct MediaNote: Sendable, Hashable, Codable {
    /// What kind of note it is.
    public struct Code: Sendable, Hashable, Codable, CustomStringConvertible {
        private enum Kind: String, Codable { case cancellingChannels, otherTracks }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The mean of the channels would cancel the sound, so the stronger channel is read where it would.
        public static let cancellingChannels = Code(.cancellingChannels)
        /// The recording has more than one audio track.
        public static let otherTracks = Code(.otherTracks)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// What kind of note it is.
    public let code: Code
    /// What was found and what can be done about it; free of paths.
    public let message: String
}

extension MediaNote: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

extension MediaNote {
    static let cancellingChannels = MediaNote(
        code: .cancellingChannels,
        message: """
            The channels cancel each other: one is inverted or late. The stronger one is used where they do. Record with \
            one channel, or check the cable.
            """)

    /// `nil` unless there are several.
    static func otherTracks(_ tracks: [AudioTrack]) -> MediaNote? {
        guard tracks.count > 1, let chosen = tracks.first(where: \.isChosen) else { return nil }
        let others = tracks.filter { !$0.isChosen }.map(\.summary).joined(separator: ", ")
        return MediaNote(
            code: .otherTracks,
            message:
                "The recording has \(tracks.count) audio tracks. Track \(chosen.summary) is read; others: \(others).")
    }
}

extension AudioTrack {
    fileprivate var summary: String { "\(number) (\(language.map { "\($0), " } ?? "")\(codec))" }
}
