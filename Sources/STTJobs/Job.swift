/// One recording to be recognised, as it is stored.
package struct Job: Sendable, Hashable {
    /// A UUID of version 7: identifiers in order are jobs in order of their submission.
    package var id: String
    /// The name of the API key that submitted it; `nil` on a server without keys.
    package var owner: String?
    package var state: JobState
    package var priority: JobPriority
    /// The query of the submission: how to recognise the recording and how to write the result.
    package var query: String
    package var audio: JobAudio
    /// Bytes of its audio in the job folder; 0 for a reference and once the job is over.
    package var byteCount: Int
    /// Seconds since 1970.
    package var createdAt: Double
    /// Seconds since 1970 of the last transition.
    package var updatedAt: Double
    /// How often it was claimed: the fencing token of the worker that has the lease.
    package var attempt: Int
    /// How often in a row its worker died before it had decided another utterance.
    package var deathCount: Int
    /// Grows with every change that a reader can see.
    package var version: Int
    /// Seconds of audio: what the header states, and once it is done what was recognised; `nil` when not known.
    package var duration: Double?
    /// Seconds of audio that are recognised.
    package var processed: Double
    /// Why it failed, in a sentence for its owner.
    package var failure: String?

    package init(
        id: String, owner: String?, state: JobState, priority: JobPriority, query: String, audio: JobAudio,
        byteCount: Int, createdAt: Double, updatedAt: Double, attempt: Int, deathCount: Int, version: Int,
        duration: Double?, processed: Double, failure: String?
    ) {
        self.id = id
        self.owner = owner
        self.state = state
        self.priority = priority
        self.query = query
        self.audio = audio
        self.byteCount = byteCount
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.attempt = attempt
        self.deathCount = deathCount
        self.version = version
        self.duration = duration
        self.processed = processed
        self.failure = failure
    }

    /// How much is recognised, 0…100.
    package var percent: Int {
        if state == .done { return 100 }
        guard let duration, duration > 0, processed > 0, processed.isFinite else { return 0 }
        // Not Int(…) of the quotient, which a header may make infinite.
        return Int(100 * min(processed / duration, 0.99))
    }
}

/// Which of several waiting jobs is taken first; those of the same priority are taken in order of submission.
package enum JobPriority: Int, Sendable, Hashable, CaseIterable {
    case low = -1
    case normal = 0
    case high = 1

    /// The priority with a name of the interface.
    package init?(name: String) {
        guard let priority = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = priority
    }

    /// The name in the interface.
    package var name: String { "\(self)" }
}

/// Where the audio of a job is.
package enum JobAudio: Sendable, Hashable {
    /// A file of this name in the job folder, which is removed when the job is over.
    case stored(String)
    /// A file at this path below the folder of references. The store does not own it and never changes it.
    case reference(String)
}

/// A job that is to be stored.
package struct NewJob: Sendable, Hashable {
    package var id: String
    package var owner: String?
    package var priority = JobPriority.normal
    package var query = ""
    package var audio: JobAudio
    package var byteCount = 0
    /// What makes a repeated submission the same job.
    package var idempotency: Idempotency?

    package init(id: String, owner: String? = nil, audio: JobAudio) {
        self.id = id
        self.owner = owner
        self.audio = audio
    }

    /// The key that the client chose for a submission, and what it was sent with.
    package struct Idempotency: Sendable, Hashable {
        package var key: String
        /// A digest of the request: the same key with another request is an error of the client.
        package var digest: String

        package init(key: String, digest: String) {
            self.key = key
            self.digest = digest
        }
    }
}

/// The right to work on a job: the attempt is its fencing token. Everything that is written under a token that is no
/// longer the newest is refused.
package struct JobLease: Sendable, Hashable {
    package let id: String
    /// The number of the part that it is for; `nil`: it is for the whole job.
    package let part: Int?
    package let attempt: Int

    package init(id: String, part: Int? = nil, attempt: Int) {
        self.id = id
        self.part = part
        self.attempt = attempt
    }
}

/// A job, or a part of one, as its worker gets it.
package struct ClaimedJob: Sendable, Hashable {
    package let job: Job
    /// The part that is to be recognised; `nil`: the whole recording.
    package var part: JobPart?
    /// Utterances that earlier attempts have stored of it.
    package let utteranceCount: Int
    /// Seconds up to which each channel is recognised, in order of the channels; empty: nothing is.
    package let positions: [Double]

    package var lease: JobLease {
        JobLease(id: job.id, part: part?.number, attempt: part?.attempt ?? job.attempt)
    }

    /// The number of the next utterance.
    package var nextNumber: Int { JobPart.firstUtterance(of: part?.number ?? 0) + utteranceCount }
}

/// A part of a long recording, which is recognised on its own.
///
/// It has a lease, and with it a fencing token, of its own. Its utterances have numbers of their own, so that those of all parts,
/// in order of their numbers, are those of the recording.
package struct JobPart: Sendable, Hashable {
    /// Its place in the recording, from 0.
    package let number: Int
    /// How often it was claimed.
    package let attempt: Int
    /// Seconds at which it begins.
    package let start: Double
    /// Seconds at which it ends; `nil`: at the end of the recording.
    package let end: Double?

    /// The number of the first utterance of a part.
    package static func firstUtterance(of part: Int) -> Int { part << 32 }

    /// The parts of a recording that is cut at these places, as numbers, starts and ends.
    static func all(_ cuts: [Double]) -> [(number: Int, start: Double, end: Double?)] {
        zip([0] + cuts, cuts.map(Optional.some) + [nil]).enumerated().map { ($0.offset, $0.element.0, $0.element.1) }
    }
}

/// One decided utterance of a job.
package struct StoredUtterance: Sendable, Hashable {
    /// Its place among the utterances of its job: they are in order of their numbers.
    package var number: Int
    /// The channel it was said on, from 0.
    package var channel: Int
    /// Seconds of that channel that are recognised with it.
    package var end: Double
    /// What was said.
    package var text: String
    /// The utterance itself, as its worker encoded it.
    package var content: [UInt8]

    package init(number: Int, channel: Int = 0, end: Double, text: String = "", content: [UInt8]) {
        self.number = number
        self.channel = channel
        self.end = end
        self.text = text
        self.content = content
    }
}
