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

    init(_ input: TranscriptSegments.Input) {
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
        if let failure { throw GigaSTTError(failure) }
        switch source {
        case .media(var iterator):
            do {
                let block = try await iterator.next()
                source = .media(iterator)
                isOver = block == nil
                return block
            } catch let error as MediaError {
                throw GigaSTTError(error)
            }
        case .samples(let samples):
            source = .samples([])
            isOver = samples.isEmpty
            return samples.isEmpty ? nil : samples
        }
    }

    private static func resample(_ samples: [Float], from sampleRate: Int) throws(MediaError) -> [Float] {
        var resampler = try Resampler(from: sampleRate)
        return resampler.append(samples) + resampler.finish()
    }
}

extension GigaSTTError {
    /// The media layer's failure in the words of the engine.
    init(_ error: MediaError) {
        self.init(
            error.code == .invalidEncoding ? .invalidOption : .audioUnreadable, error.message,
            detail: error.cause.map { String(reflecting: $0) } ?? "")
    }
}
