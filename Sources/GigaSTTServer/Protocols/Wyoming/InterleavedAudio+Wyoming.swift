/// PCM as Wyoming's audio events declare it.
extension InterleavedAudio {
    /// Audio as the data of an event declares it. Throws what is wrong with it.
    init(_ data: WyomingData) throws(WyomingViolation) {
        guard let rate = data.rate, let width = data.width, let channels = data.channels else {
            throw WyomingViolation(reason: "audio events need rate, width and channels")
        }
        guard let audio = InterleavedAudio(rate: rate, width: width, channels: channels) else {
            throw WyomingViolation(
                reason: "audio must have a rate of 8000 to 192000 Hz, a width of 1 to 4 bytes and 1 to "
                    + "\(Self.channelLimit) channels")
        }
        self = audio
    }

    /// Whether an event declares the same.
    func matches(_ data: WyomingData) -> Bool {
        data.rate == rate && data.width == width && data.channels == channels
    }
}
