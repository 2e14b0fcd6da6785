extension MediaFile {
    /// Whether the recording has exactly two channels with different sound, such as the two ends of a telephone call.
    ///
    /// Channels whose correlation is 0.98 or more are one voice in two copies, also where one copy is inverted or up to
    /// 20 ms late. Reads the whole recording once: for hours of it that takes seconds. Throws what iterating throws, and
    /// `MediaError` with code `unreadable` for a stream, which can be read only once.
    public func hasDistinctStereoChannels() async throws -> Bool {
        guard source.canRestart else {
            throw MediaError(
                .unreadable, "The channels of a stream cannot be compared before it is read. Give a file or bytes.")
        }
        return try await BlockReader(source, blockSize: Self.blockSize).hasDistinctStereoChannels()
    }
}
