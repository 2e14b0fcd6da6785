import AsyncHTTPClient

/// Why a request to the object store failed.
struct S3Failure: Error, Sendable, Hashable {
    /// The status of the answer; `nil` without one.
    var status: UInt?
    /// What the store calls it, or how the connection failed: no address, no key.
    var reason: String

    init(reason: String) { self.reason = reason }

    /// Takes the answer of a store, whose document also repeats what was signed: only its code is read.
    init(status: UInt, document: String) {
        self.status = status
        let code = S3Document(document).text(of: "Code") ?? ""
        reason = code.wholeMatch(of: /[A-Za-z0-9]{1,64}/) == nil ? "" : code
    }

    /// Takes what the client of HTTP threw.
    init(_ error: any Error) {
        reason = (error as? HTTPClientError)?.shortDescription ?? "\(type(of: error))"
    }

    /// Whether the same request may succeed a moment later.
    var isTransient: Bool {
        guard let status else { return true }
        return status >= 500 && status != 507 || [408, 429].contains(status) || reason == "RequestTimeout"
    }

    /// Whether the object is not there.
    var isMissing: Bool { status == 404 && reason != "NoSuchBucket" }
}

extension JobStoreError {
    init(_ failure: S3Failure) {
        let detail = ((failure.status.map { ["status \($0)"] } ?? []) + [failure.reason]).joined(separator: " ")
        if failure.status == 507 || failure.reason == "QuotaExceeded" {
            self.init(
                .full, "There is no space left for jobs. Free some in the bucket of --jobs-audio.", detail: detail)
        } else if failure.isTransient {
            self.init(
                .failed, "The object store of --jobs-audio does not answer. Check AWS_ENDPOINT_URL and the network.",
                detail: detail)
        } else {
            self.init(
                .unusable,
                "The object store of --jobs-audio refuses requests. Check the bucket, AWS_REGION and the key.",
                detail: detail)
        }
    }
}

/// When a request that failed is sent again: twice at most, and not after so long that its client has left.
struct S3Retries: Sendable {
    static let delays = [Duration.milliseconds(200), .milliseconds(800)]
    /// From the first attempt to the beginning of the last one.
    static let limit = Duration.seconds(20)

    private var count = 0
    private let end: ContinuousClock.Instant

    init(at now: ContinuousClock.Instant) { end = now + Self.limit }

    /// How long to wait before the next attempt; `nil` when there is none.
    mutating func next(at now: ContinuousClock.Instant) -> Duration? {
        guard count < Self.delays.count, now + Self.delays[count] <= end else { return nil }
        defer { count += 1 }
        return Self.delays[count]
    }
}
