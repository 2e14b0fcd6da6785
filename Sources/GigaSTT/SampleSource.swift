import STTMedia
import STTRecognition
import STTValues

/// The samples of a recording at the rate of the model, block by block: never more than a second of it at a time.
struct SampleSource {
    private enum Source {
        case media(MediaFile.Iterator)
        case samples(ResampledSamples)
        case failed(MediaError)
    }
    private var source: Source
    private(set) var isOver = false
    private let maximumDuration: Duration?
    /// Samples of the recording so far.
    private var sampleCount = 0
    /// Samples given out; fewer than those of the recording where a gap was shortened.
    private var givenCount = 0
    /// Samples of a gap that are still to be given out.
    private var zeros = 0
    private var silence = ShortenedSilence()
    let geometry: ModelGeometry

    init(_ input: TranscriptSegments.Input, for geometry: ModelGeometry, maximumDuration: Duration?) {
        self.geometry = geometry
        self.maximumDuration = maximumDuration
        switch input {
        case .media(let file): source = .media(file.makeAsyncIterator())
        case .samples(let samples, let sampleRate):
            do {
                source = .samples(try ResampledSamples(samples, sampleRate: sampleRate, to: geometry.sampleRate))
            } catch {
                source = .failed(error)
            }
        }
    }

    /// The next samples; `nil` once, at the end.
    mutating func next() async throws -> [Float]? {
        do {
            try await checkHeader()
            if zeros == 0 {
                let block = try await read()
                isOver = block == nil
                sampleCount += block?.count ?? 0
                try checkLength(geometry.seconds(samples: sampleCount))
                switch block {
                case nil: return nil
                case .samples(let samples)?:
                    givenCount += samples.count
                    return samples
                case .silence(let count)?: zeros = silence.shorten(count, at: givenCount)
                }
            }
        } catch let error as MediaError {
            throw GigaSTTError(error)
        }
        let count = min(zeros, MediaFile.blockSize)
        zeros -= count
        givenCount += count
        return [Float](repeating: 0, count: count)
    }

    /// Seconds into the recording for seconds into the samples given out.
    func recordingTime(_ time: Double) -> Double {
        silence.recordingTime(time, sampleRate: geometry.sampleRate)
    }

    /// Seconds of the recording that are given out.
    var position: Double { recordingTime(geometry.seconds(samples: givenCount)) }

    /// What the reader of the recording should know.
    mutating func notes() async throws -> [MediaNote] {
        guard case .media(var iterator) = source else { return [] }
        return try await iterator.notes()
    }

    /// Refuses a recording whose header states that it is too long, before any of it is decoded.
    private mutating func checkHeader() async throws {
        guard maximumDuration != nil, sampleCount == 0, case .media(var iterator) = source else { return }
        let properties = try await iterator.properties()
        source = .media(iterator)
        // What is stated may include the delay of an encoder, which is never as much as a second.
        if let duration = properties?.duration { try checkLength(duration, tolerance: 1) }
    }

    private func checkLength(_ seconds: Double, tolerance: Double = 0) throws {
        guard let maximumDuration, seconds - tolerance > maximumDuration / .seconds(1) else { return }
        throw GigaSTTError.audioTooLong(seconds, limit: maximumDuration)
    }

    private mutating func read() async throws -> MediaBlock? {
        switch source {
        case .media(var iterator):
            defer { source = .media(iterator) }
            return try await iterator.nextBlock()
        case .samples(var samples):
            defer { source = .samples(samples) }
            return samples.next().map { .samples($0) }
        case .failed(let error): throw error
        }
    }
}

/// Samples in memory, resampled a second at a time: the first block comes at once, and no second copy is made of an hour.
private struct ResampledSamples {
    private let samples: [Float]
    private var position = 0
    private var resampler: Resampler
    private let blockLength: Int
    private let outputLength: Int
    /// What the filter gives at the end and is still to be given out: up to 130 samples of the input become 16 000 each
    /// at the lowest rate. `nil` before the end.
    private var rest: ArraySlice<Float>?

    init(_ samples: [Float], sampleRate: Int, to outputRate: Int) throws(MediaError) {
        self.samples = samples
        resampler = try Resampler(from: sampleRate, to: outputRate)
        blockLength = sampleRate
        outputLength = outputRate
    }

    mutating func next() -> [Float]? {
        guard position < samples.count else {
            let rest = rest ?? resampler.finish()[...]
            self.rest = rest.dropFirst(outputLength)
            return rest.isEmpty ? nil : Array(rest.prefix(outputLength))
        }
        let end = min(position + blockLength, samples.count)
        defer { position = end }
        return resampler.append(Array(samples[position..<end]))
    }
}

extension GigaSTTError {
    /// In whole seconds: what was seen is rounded up, so that it exceeds the limit.
    fileprivate static func audioTooLong(_ seconds: Double, limit: Duration) -> GigaSTTError {
        let limit = limit / .seconds(1)
        return GigaSTTError(
            .audioTooLong, "audio too long: \(seconds.wholeSeconds)s exceeds the maximum of \(limit.wholeSeconds)s")
    }

    /// The media layer's failure as a `GigaSTTError`.
    init(_ error: MediaError) {
        self.init(
            [.invalidEncoding, .noSuchTrack].contains(error.code) ? .invalidOption : .audioUnreadable, error.message,
            detail: error.cause.map { String(reflecting: $0) } ?? "")
    }
}

extension Double {
    /// Rounded up; a header may state anything.
    fileprivate var wholeSeconds: Int { Int(exactly: min(max(rounded(.up), 0), 1e15)) ?? 0 }
}
