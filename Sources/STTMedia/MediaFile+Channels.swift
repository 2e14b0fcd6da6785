extension MediaFile {
    /// Whether the recording has exactly two channels with different sound, such as the two ends of a telephone call.
    ///
    /// Channels whose correlation is 0.98 or more are one voice in two copies. Reads the whole recording, twice at a
    /// time: for hours of it that takes seconds. Throws what iterating throws, and `MediaError` with code `unreadable`
    /// for a stream, which can be read only once.
    public func hasTwoVoicesApart() async throws -> Bool {
        guard source.isRereadable else {
            throw MediaError(
                .unreadable, "The channels of a stream cannot be compared before it is read. Give a file or bytes.")
        }
        var first = MediaFile(source.channel(0, of: 2)).makeAsyncIterator()
        var second = MediaFile(source.channel(1, of: 2)).makeAsyncIterator()
        var correlation = ChannelCorrelation()
        do {
            while let block = try await first.next(), let other = try await second.next() {
                correlation.append(block, other)
            }
        } catch let error as MediaError where error.code == .otherChannels {
            return false
        }
        return correlation.value < ChannelCorrelation.alike
    }
}
