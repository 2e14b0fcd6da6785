public import struct Foundation.URL

/// Where the bytes of a recording come from.
public struct AudioSource: Sendable {
    /// Fills the given memory from its start with the next bytes and returns how many; 0 is the end.
    ///
    /// May block. What it throws ends the reading with code `unreadable`.
    public typealias Read = @Sendable (UnsafeMutableRawBufferPointer) throws -> Int

    enum Origin: Sendable {
        case file(URL)
        case bytes([UInt8])
        case stream(byteCount: Int?, read: Read)
    }

    /// One of so many channels.
    struct Channel: Sendable, Hashable {
        let index: Int
        let count: Int
    }

    let origin: Origin
    /// How to understand the bytes when they have no header; nil when they have one.
    public let headerless: HeaderlessEncoding?
    /// The one channel that is read; nil = all, as one.
    private(set) var channel: Channel?
    /// The number of the audio track that is read, from 1; nil = the Russian one, else the default.
    public private(set) var track: Int?

    private init(origin: Origin, headerless: HeaderlessEncoding?) {
        self.origin = origin
        self.headerless = headerless
    }

    /// Whether the recording can be read more than once: everything but a stream.
    public var canRestart: Bool {
        if case .stream = origin { false } else { true }
    }

    /// The same recording, of which only one channel is read.
    ///
    /// Reading it throws `MediaError` with code `otherChannels` when the recording has not exactly `count`.
    /// - Parameters:
    ///   - index: the channel, from 0.
    ///   - count: how many there must be.
    public func channel(_ index: Int, of count: Int) -> AudioSource {
        var source = self
        source.channel = Channel(index: min(max(0, index), max(0, count - 1)), count: count)
        return source
    }

    /// The same recording, of which one audio track is read, whatever its language.
    ///
    /// Reading it throws `MediaError` with code `noSuchTrack` when the recording has fewer.
    /// - Parameter number: the track's number among the audio tracks, from 1; `nil` chooses the one that the container
    ///   tags as Russian, else its default.
    public func track(_ number: Int?) -> AudioSource {
        var source = self
        source.track = number
        return source
    }

    /// A file on disk, read as needed.
    public static func file(_ url: URL, headerless: HeaderlessEncoding? = nil) -> AudioSource {
        AudioSource(origin: .file(url), headerless: headerless)
    }

    /// A recording in memory.
    public static func bytes(_ bytes: [UInt8], headerless: HeaderlessEncoding? = nil) -> AudioSource {
        AudioSource(origin: .bytes(bytes), headerless: headerless)
    }

    /// Bytes that arrive in order and cannot be read twice, such as the body of a request or a live WebM.
    ///
    /// MP4, CAF and AIFF, which may keep their index at the end, are written to an unlinked temporary file of at most
    /// 4 GiB while they are read; everything else takes memory for a block.
    /// - Parameters:
    ///   - byteCount: how many bytes will come, if that is known; it serves the duration only.
    ///   - read: gives the next bytes; called by one thread at a time.
    public static func stream(
        byteCount: Int? = nil, headerless: HeaderlessEncoding? = nil, read: @escaping Read
    ) -> AudioSource {
        AudioSource(origin: .stream(byteCount: byteCount.map { max(0, $0) }, read: read), headerless: headerless)
    }

    var fileURL: URL? {
        if case .file(let url) = origin { url } else { nil }
    }

    func opened() throws(MediaError) -> any ByteSource {
        switch origin {
        case .file(let url): try FileBytes(url)
        case .bytes(let bytes): MemoryBytes(bytes)
        case .stream(let byteCount, let read):
            try SpooledBytes.ifSeekingIsNeeded(StreamBytes(byteCount: byteCount, pull: read))
        }
    }
}
