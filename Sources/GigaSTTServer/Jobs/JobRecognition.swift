import Foundation
import GigaSTT
import STTJobs
import ServiceLifecycle

/// The recognition of one job, or of one part of it, under one lease. Each utterance is stored as it is decided.
struct JobRecognition: Sendable {
    let claimed: ClaimedJob
    let jobs: Jobs
    let recognizer: Recognizer
    let settings: ServerSettings
    /// By which speakers get names; `nil`: by none.
    let voices: Voices?

    /// Recognises what is left, and returns how the attempt ends; `nil` when the lease is lost, which `stops` reports early.
    ///
    /// Throws `JobStoreError`.
    func run(until stops: AsyncStream<Void>) async throws -> JobOutcome? {
        do {
            return try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: JobOutcome?.self) { group in
                    group.addTask { try await recognise() }
                    group.addTask { try await keepLease() }
                    group.addTask {
                        for await _ in stops {}
                        try Task.checkCancellation()
                        return nil
                    }
                    defer { group.cancelAll() }
                    return try await group.next() ?? nil
                }
            }
        } catch let error as JobStoreError {
            throw error
        } catch {
            return JobFailure.outcome(of: error)
        }
    }

    private func recognise() async throws -> JobOutcome? {
        var query = try TranscribeQuery(claimed.job.query)
        try query.check(recognizer.capabilities)
        switch claimed.job.audio {
        case .reference(let path):
            guard let file = jobs.references?.file(path) else { return .failed(JobFailure.missing) }
            return try await recognise(file, query.recognition)
        case .stored(let name):
            guard let file = try await jobs.audio.file(name) else { return .failed(JobFailure.missing) }
            defer { jobs.audio.release(file) }
            return try await recognise(file, query.recognition)
        }
    }

    private func recognise(_ file: URL, _ request: RecognitionRequest) async throws -> JobOutcome? {
        let source = AudioSource.file(file, headerless: request.headerless).track(request.track)
        let duration = try await knownDuration(of: source)
        var options = request.options(settings, recognizer.capabilities)
        // A job waits as long as there is other work.
        options.queueTimeout = nil
        // Who speaks is known only when everything is read.
        if options.speakers != nil {
            options.knownVoices = try await voices.known(for: request, recognizer)
            return try await recogniseSpeakers(of: source, options)
        }
        if let (cuts, duration) = try await cuts(in: source, stating: duration, options) {
            let isSplit = try await jobs.store.split(claimed.lease, at: cuts, duration: duration, at: UnixTime.now)
            if isSplit { jobs.wakeUp() }
            return nil
        }
        var utterances = recognizer.segments(
            of: source, options: options, after: claimed.positions, until: claimed.part?.end
        ).makeAsyncIterator()
        var (number, end) = (claimed.nextNumber, claimed.positions.max() ?? 0)
        // The notes are known at the end, and are stored with the last utterance.
        var next = try await utterances.next()
        while let segment = next {
            let channel = utterances.channel
            next = try await utterances.next()
            let notes = next == nil ? try await utterances.notes() : []
            guard try await store(segment, number, channel: channel, notes: notes) else { return nil }
            number += 1
            end = max(end, segment.end)
        }
        return .done(duration: end)
    }

    /// Where to cut the recording into parts, and its length in seconds; `nil` where it is recognised as a whole.
    private func cuts(
        in source: AudioSource, stating duration: Double?, _ options: TranscriptionOptions
    ) async throws -> (cuts: [Double], duration: Double)? {
        guard let longest = jobs.partLength, claimed.part == nil, claimed.utteranceCount == 0,
            duration ?? .infinity > longest
        else { return nil }
        do {
            guard let pauses = try await recognizer.pauses(in: source, options: options) else { return nil }
            let cuts = pauses.cuts(longest: longest)
            return cuts.isEmpty ? nil : (cuts, pauses.duration)
        } catch let error as GigaSTTError where error.code == .audioUnreadable {
            // What can be read of it is recognised first.
            return nil
        }
    }

    /// Recognises all of it, even what an earlier attempt stored: the voices of the whole are compared.
    private func recogniseSpeakers(of source: AudioSource, _ options: TranscriptionOptions) async throws -> JobOutcome?
    {
        var utterances = recognizer.segments(of: source, options: options).makeAsyncIterator()
        let segments = try await utterances.transcript().segments
        let notes = try await utterances.notes()
        for (number, segment) in segments.enumerated().dropFirst(claimed.utteranceCount) {
            let isLast = number == segments.count - 1
            let names = isLast ? utterances.speakerNames : nil
            guard try await store(segment, number, channel: 0, names: names, notes: isLast ? notes : []) else {
                return nil
            }
        }
        return .done(duration: segments.last?.end ?? 0)
    }

    /// Returns whether the lease still holds.
    private func store(
        _ segment: Segment, _ number: Int, channel: Int, names: [SpeakerName]? = nil, notes: [MediaNote]
    ) async throws -> Bool {
        let content = try JSONEncoder().encode(
            JobSegment(segment: segment, speakerNames: names, notes: notes.isEmpty ? nil : notes))
        let utterance = StoredUtterance(
            number: number, channel: channel, end: segment.end, text: segment.text, content: [UInt8](content))
        return try await jobs.store.append(utterance, claimed.lease, until: UnixTime.now + jobs.lease)
    }

    /// The length that the header states, which is noted for the progress; a recording that cannot be read fails a moment
    /// later.
    private func knownDuration(of source: AudioSource) async throws -> Double? {
        if let duration = claimed.job.duration { return duration }
        var header = MediaFile(source).makeAsyncIterator()
        guard let duration = try? await header.properties()?.duration else { return nil }
        _ = try await jobs.store.note(duration: duration, claimed.lease)
        return duration
    }

    /// Returns when the lease is lost.
    private func keepLease() async throws -> JobOutcome? {
        while true {
            try await Task.sleep(for: .seconds(jobs.lease / 3))
            let end = UnixTime.now + jobs.lease
            guard try await jobs.store.renew(claimed.lease, until: end) else { return nil }
        }
    }
}

/// An utterance of a job as it is stored: the members of the segment and, in the last one, the names of the speakers and
/// the notes on the recording.
struct JobSegment: Sendable, Codable {
    let segment: Segment
    var speakerNames: [SpeakerName]?
    var notes: [MediaNote]?

    private enum CodingKeys: String, CodingKey { case speakerNames, notes }

    init(segment: Segment, speakerNames: [SpeakerName]?, notes: [MediaNote]?) {
        (self.segment, self.speakerNames, self.notes) = (segment, speakerNames, notes)
    }

    init(from decoder: any Decoder) throws {
        segment = try Segment(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        speakerNames = try container.decodeIfPresent([SpeakerName].self, forKey: .speakerNames)
        notes = try container.decodeIfPresent([MediaNote].self, forKey: .notes)
    }

    func encode(to encoder: any Encoder) throws {
        try segment.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(speakerNames, forKey: .speakerNames)
        try container.encodeIfPresent(notes, forKey: .notes)
    }
}

/// What a job says to its owner when it has failed (gigastt contract).
enum JobFailure {
    static let unreadable = "Failed to decode audio file. Check format."
    static let timedOut = "Inference timed out."
    static let unknown = "Transcription failed."
    /// The file of a reference, or a recording that was removed from its store.
    static let missing = "The recording is not there any more. Submit the job again."
    static let deadly = "The recognition of this recording ends the server each time. Send it to the operator."

    /// How an attempt ends with an error.
    static func outcome(of error: any Error) -> JobOutcome {
        if error is CancellationError { return .released }
        guard let error = error as? GigaSTTError else { return .failed(unknown) }
        switch error.code {
        case .shuttingDown, .overloaded: return .released
        case .audioUnreadable: return .failed(unreadable)
        case .timedOut: return .failed(timedOut)
        case .audioTooLong:
            return .failed(error.message.prefix(1).uppercased() + error.message.dropFirst() + ".")
        default: return .failed(unknown)
        }
    }
}
