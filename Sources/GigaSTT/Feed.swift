import STTFeatures
import STTMedia
import STTValues

/// The samples of a recording, block by block, at 16 kHz.
struct Feed {
    private enum Source {
        case media(MediaFile.Iterator)
        case samples([Float])
    }
    private var source: Source
    private let failure: MediaError?
    private(set) var isOver = false
    private let lengthLimit: Duration?
    /// Samples of the recording so far.
    private var sampleCount = 0
    /// Samples given out; fewer than those of the recording where a gap was shortened.
    private var givenCount = 0
    /// Samples of a gap that are still to be given out.
    private var zeros = 0
    private(set) var silence = ShortenedSilence()

    init(_ input: TranscriptSegments.Input, lengthLimit: Duration?) {
        self.lengthLimit = lengthLimit
        switch input {
        case .media(let file): (source, failure) = (.media(file.makeAsyncIterator()), nil)
        case .samples(let samples, let sampleRate):
            do {
                source = .samples(try Self.resample(samples, from: sampleRate))
                failure = nil
            } catch {
                (source, failure) = (.samples([]), error)
            }
        }
    }

    /// The next samples; `nil` once, at the end.
    mutating func next() async throws -> [Float]? {
        try await checkHeader()
        if zeros == 0 {
            let block = try await read()
            sampleCount += block?.count ?? 0
            try checkLength(Double(sampleCount) / Double(FrameGeometry.sampleRate))
            switch block {
            case nil: return nil
            case .samples(let samples)?:
                givenCount += samples.count
                return samples
            case .silence(let count)?: zeros = silence.shorten(count, at: givenCount)
            }
        }
        let count = min(zeros, MediaFile.blockSize)
        zeros -= count
        givenCount += count
        return [Float](repeating: 0, count: count)
    }

    /// What the reader of the recording should know.
    mutating func notes() async throws -> [MediaNote] {
        guard case .media(var iterator) = source else { return [] }
        return try await iterator.notes()
    }

    /// Refuses a recording that says itself that it is too long, before any of it is decoded.
    private mutating func checkHeader() async throws {
        guard lengthLimit != nil, sampleCount == 0, case .media(var iterator) = source else { return }
        do {
            let properties = try await iterator.properties()
            source = .media(iterator)
            // What is stated may include the delay of an encoder, which is never as much as a second.
            if let duration = properties?.duration { try checkLength(duration, tolerance: 1) }
        } catch let error as MediaError {
            throw GigaSTTError(error)
        }
    }

    private func checkLength(_ seconds: Double, tolerance: Double = 0) throws {
        guard let lengthLimit, seconds - tolerance > lengthLimit / .seconds(1) else { return }
        throw GigaSTTError.audioTooLong(seconds, limit: lengthLimit)
    }

    private mutating func read() async throws -> MediaBlock? {
        if let failure { throw GigaSTTError(failure) }
        switch source {
        case .media(var iterator):
            do {
                let block = try await iterator.nextBlock()
                source = .media(iterator)
                isOver = block == nil
                return block
            } catch let error as MediaError {
                throw GigaSTTError(error)
            }
        case .samples(let samples):
            source = .samples([])
            isOver = samples.isEmpty
            return samples.isEmpty ? nil : .samples(samples)
        }
    }

    private static func resample(_ samples: [Float], from sampleRate: Int) throws(MediaError) -> [Float] {
        var resampler = try Resampler(from: sampleRate)
        return resampler.append(samples) + resampler.finish()
    }
}

extension GigaSTTError {
    /// In whole seconds: what was seen is rounded up, so that it exceeds the limit.
    fileprivate static func audioTooLong(_ seconds: Double, limit: Duration) -> GigaSTTError {
        let limit = limit / .seconds(1)
        return GigaSTTError(
            .audioTooLong, "audio too long: \(seconds.wholeSeconds)s exceeds the maximum of \(limit.wholeSeconds)s")
    }

    /// The media layer's failure in the words of the engine.
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
