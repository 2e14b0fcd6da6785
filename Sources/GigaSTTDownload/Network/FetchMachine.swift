import Foundation

/// Decides how one file is fetched: what to ask for, what to make of the answer, when to try again and when to give up.
///
/// It does nothing itself. Each input returns what the driver has to do next.
struct FetchMachine {
    /// What to ask the server for.
    struct Request: Equatable {
        var url: URL
        /// First byte wanted; 0 asks for the whole file.
        var first: Int64 = 0
        /// The version that the bytes already here belong to, if the server named it.
        var eTag: String?
    }

    /// What to make of an answer.
    enum Verdict: Equatable {
        /// Take the body: it begins at byte `first` of a file of `total` bytes.
        case receive(first: Int64, total: Int64?, eTag: String?)
        case leave(Action)
    }

    /// What to do next.
    enum Action: Equatable {
        /// Ask; before a request for the whole file, what is there is to be dropped.
        case request(Request)
        /// Wait, then call `waited`.
        case wait(Duration)
        /// Compare the digest with the pin, then call `digested`.
        case verify
        case install
        case fail(DownloadError.Code, String)
    }

    /// From this much on, a try that broke off was worth it and the count of failures begins anew.
    static let progress: Int64 = 1 << 20

    private let file: ModelFile
    private let source: URL
    private let schedule: RetrySchedule
    private var url: URL
    private var redirects = Redirects()
    private var held: Int64
    private var eTag: String?
    private var failures = 0
    private var heldBeforeTry: Int64 = 0
    /// Whether the bytes come from more than one answer, which may have been of two versions.
    private var isPieced: Bool

    /// Begins with `held` bytes from an earlier time, of the version `eTag`.
    init(_ file: ModelFile, from source: URL, schedule: RetrySchedule, held: Int64, eTag: String?) {
        self.file = file
        self.source = source
        self.schedule = schedule
        url = source
        self.held = held <= file.byteCountLimit ? held : 0
        self.eTag = self.held > 0 ? eTag : nil
        isPieced = self.held > 0
    }

    /// The first action of all, and after each wait.
    mutating func start() -> Action {
        if held > 0, held == file.exactByteCount { return .verify }
        url = source
        redirects = Redirects()
        heldBeforeTry = held
        return request
    }

    mutating func waited() -> Action { start() }

    /// The head of an answer has come.
    mutating func answered(_ head: ResponseHead, jitter: Double) -> Verdict {
        switch head.status {
        case 200: return wholeFile(head)
        case 206: return part(head, jitter: jitter)
        case 416: return .leave(noSuchPart(head, jitter: jitter))
        case let status where Redirects.isRedirect(status): return .leave(redirected(to: head.location))
        case 408, 425, 429, 500, 502, 503, 504:
            return .leave(again("HTTP \(head.status)", retryAfter: head.retryAfter, jitter: jitter))
        default: return .leave(.fail(.network, giveUp("HTTP \(head.status)")))
        }
    }

    /// The body has ended well; the file has `held` bytes now.
    mutating func ended(held: Int64, jitter: Double) -> Action {
        if let exact = file.exactByteCount, held < exact {
            return broke("the answer ended early", held: held, jitter: jitter)
        }
        self.held = held
        return .verify
    }

    /// The connection could not be made, or broke, when the file had `held` bytes.
    mutating func broke(_ reason: String, held: Int64, jitter: Double) -> Action {
        self.held = held
        if held - heldBeforeTry >= Self.progress { failures = 0 }
        return again(reason, retryAfter: nil, jitter: jitter)
    }

    /// Whether a file may have `held` bytes.
    func admits(_ held: Int64) -> Bool { held <= file.byteCountLimit }

    /// The body is longer than the file can be.
    func exceeded() -> Action {
        .fail(.checksum, "\(file.path) is longer than the pinned file: the server has another one. \(Self.advice)")
    }

    /// The digest of the whole file was compared with the pin.
    mutating func digested(_ digest: String) -> Action {
        if digest == file.sha256 { return .install }
        if isPieced {
            // The pieces may belong to two versions: fetch the whole file once.
            isPieced = false
            (held, eTag) = (0, nil)
            return start()
        }
        return .fail(
            .checksum,
            "SHA-256 mismatch for \(file.path): expected \(file.sha256), got \(digest). The server has another file. "
                + Self.advice)
    }
}

extension FetchMachine {
    private static let advice = "Try again later, or fetch from a mirror with --mirror."

    private var request: Action { .request(Request(url: url, first: held, eTag: held > 0 ? eTag : nil)) }

    private func giveUp(_ reason: String) -> String { "Download failed for \(file.path): \(reason). \(Self.advice)" }

    private mutating func redirected(to location: String?) -> Action {
        switch redirects.follow(location, from: url) {
        case .refuse(let reason): return .fail(.network, giveUp(reason))
        case .follow(let target):
            url = target
            return request
        }
    }

    private mutating func wholeFile(_ head: ResponseHead) -> Verdict {
        if let refusal = refusal(of: head.contentLength) { return .leave(refusal) }
        isPieced = false
        (held, eTag) = (0, head.strongETag)
        heldBeforeTry = 0
        return .receive(first: 0, total: head.contentLength, eTag: eTag)
    }

    private mutating func part(_ head: ResponseHead, jitter: Double) -> Verdict {
        let isSameVersion = eTag == nil || head.strongETag == nil || eTag == head.strongETag
        guard let range = head.contentRange, range.first == held, isSameVersion else {
            return .leave(fromTheBeginning("an answer with another part than asked for", jitter: jitter))
        }
        if let refusal = refusal(of: range.total) { return .leave(refusal) }
        isPieced = held > 0
        eTag = eTag ?? head.strongETag
        return .receive(first: held, total: range.total, eTag: eTag)
    }

    private mutating func noSuchPart(_ head: ResponseHead, jitter: Double) -> Action {
        // Nothing comes after the last byte: then all are here.
        if held > 0, head.contentRange?.total == held { return .verify }
        return fromTheBeginning("HTTP 416", jitter: jitter)
    }

    private mutating func fromTheBeginning(_ reason: String, jitter: Double) -> Action {
        (held, eTag) = (0, nil)
        return again(reason, retryAfter: nil, jitter: jitter)
    }

    private mutating func again(_ reason: String, retryAfter: Duration?, jitter: Double) -> Action {
        failures += 1
        guard let wait = schedule.wait(afterFailures: failures, retryAfter: retryAfter, jitter: jitter) else {
            return .fail(.network, giveUp("\(reason), after \(failures) tries"))
        }
        return .wait(wait)
    }

    /// A size that shows before the body that this is not the file.
    private func refusal(of total: Int64?) -> Action? {
        guard let total else { return nil }
        if !admits(total) { return exceeded() }
        guard let exact = file.exactByteCount, total < exact else { return nil }
        return .fail(
            .checksum,
            "The server offers \(total) bytes for \(file.path), and the pinned file has \(exact): it is another file, "
                + "or the page of a gateway. \(Self.advice)")
    }
}
