/// The messages of this module; they begin with the words of the gigastt 2.3 contract, where it has any.
extension MediaError {
    private static let formats = "WAV, MP3, M4A, Ogg Vorbis, Ogg Opus, WebM or FLAC"

    static let emptyPayload = MediaError(.empty, "Empty audio payload. Send a recording that is longer than nothing.")

    static let unsupportedFormat = MediaError(
        .unsupportedFormat,
        "Unsupported audio format. The bytes are not of a known container: send \(formats), or declare the raw format.")

    static func unsupportedCodec(_ codec: String?) -> MediaError {
        let name = codec.map { " (\($0))" } ?? ""
        return MediaError(.unsupportedFormat, "Unsupported audio codec\(name). Convert the recording to \(formats).")
    }

    static func tooManyChannels(_ count: Int) -> MediaError {
        MediaError(
            .unsupportedFormat,
            "Unsupported channel count: \(count). Send at most \(AudioProperties.channelLimit) channels.")
    }

    static func otherChannels(_ count: Int, wanted: Int) -> MediaError {
        MediaError(
            .otherChannels,
            "The recording has \(count) channels instead of \(wanted). Read its channels as one instead.")
    }

    static func noSuchTrack(_ number: Int, of count: Int) -> MediaError {
        let tracks = count == 1 ? "1 audio track" : "\(count) audio tracks"
        return MediaError(
            .noSuchTrack, "The recording has \(tracks), not \(number). Choose a number from 1 to \(count).")
    }

    static let spoolFull = MediaError(
        .unreadable,
        "The container keeps its index behind the audio, and the stream is too long to be kept. Send it as a file.")

    static func spoolFailed(_ cause: any Error) -> MediaError {
        MediaError(
            .unreadable,
            "The temporary file for a stream that needs seeking failed. Free disk space or set TMPDIR.", cause: cause)
    }

    static let noAudio = MediaError(.noAudio, "No audio track found. Send a recording that has one.")

    static let noParameters = MediaError(
        .damaged, "No audio codec parameters. The header is incomplete: export the recording again.")

    static let noDataChunk = MediaError(
        .noAudio, "No audio track found. The WAV has no data chunk: export the recording again.")

    static let noG722Data = MediaError(
        .noAudio, "G.722 WAV has no data chunk. Export the recording again.")

    static func unsupportedRate(_ rate: Int) -> MediaError {
        let limit = AudioProperties.sampleRates
        return MediaError(
            .unsupportedRate,
            "Unsupported sample rate: \(rate)Hz. Send \(limit.lowerBound) to \(limit.upperBound) Hz.")
    }

    static let damaged = MediaError(
        .damaged,
        "Decode error. The container was recognised, but none of its audio could be decoded: export the recording again."
    )

    static let headerTooLong = MediaError(
        .unsupportedFormat,
        "Unsupported audio format. The audio begins too late to be read as a stream: send it as a file.")

    static func libraryMissing(version: Int) -> MediaError {
        let wanted = version > 0 ? "libavformat \(version) could not be loaded" : "this program was built without it"
        return MediaError(
            .libraryMissing,
            "This format needs FFmpeg, and \(wanted). Install the FFmpeg libraries or send WAV (PCM or G.711).")
    }

    package static let unsupportedSamples = MediaError(
        .unsupportedFormat, "Unsupported samples. Give floats of 32 bits, or integers of 16 or 32 bits.")

    static let outOfMemory = MediaError(
        .unreadable, "Not enough memory to open the recording. Try again when less is running.")
}
