/// Durable jobs: `/v1/jobs`.
public struct JobSettings: Sendable, Hashable {
    /// Whether they are served.
    public var isEnabled = false
    /// The folder of their database and audio.
    public var folder = ""
    /// The address of a PostgreSQL database that several servers share, which then share the folder, too; `nil`: the
    /// database is a file in the folder. It may hold a password.
    public var store: String?
    /// The object store of the recordings; `nil`: they are in the folder.
    public var objects: ObjectStoreSettings?
    /// How long a job belongs to a worker that does not renew its claim.
    public var lease = Duration.seconds(60)
    /// The longest part of a recording, which any server may recognise; zero: recordings are not cut into parts; `nil`:
    /// ten minutes where servers share their jobs, else zero.
    public var partDuration: Duration?
    static let sharedPart = Duration.seconds(600)
    /// `partDuration` for the check of its range: zero where it is not set.
    var cutDuration: Duration {
        get { partDuration ?? .zero }
        set { partDuration = newValue }
    }
    /// The folder below which files may be recognised where they are; `nil`: none may.
    public var root: String?
    /// The file that records accesses to jobs; `nil`: none does.
    public var auditLog: String?
    /// How long a job is kept after its end; zero: for ever.
    public var lifetime = Duration.seconds(3_600)
    /// Jobs held at the same time, in any state; more are refused.
    public var countLimit = 100
    /// Bytes of their audio. The job that crosses the line is still taken.
    public var byteLimit = 536_870_912
    /// How often the process may die on a job, before another utterance of it is decided, until the job has failed.
    public var deathLimit = 3
    /// Jobs kept after their end; the oldest are removed first. 0: no limit.
    public var keptCount = 0
    /// Bytes of results kept; 0: no limit.
    public var keptByteCount = 0
    /// Jobs recognised at the same time.
    public var workerCount = 1

    /// The defaults of gigastt.
    public init() {}
}

/// An S3-compatible object store of recordings, addressed by path.
public struct ObjectStoreSettings: Sendable, Hashable {
    /// `s3://bucket` or `s3://bucket/prefix`.
    public var address: String
    /// Scheme, host and port; `nil`: those of Amazon in the region.
    public var endpoint: String?
    /// The region that requests are signed for.
    public var region = "us-east-1"
    /// The identifier of the key that signs requests.
    public var accessKey = ""
    /// That key.
    public var secretKey = ""
    /// The token of a temporary key.
    public var sessionToken: String?

    /// A store at an address, without a key yet.
    public init(_ address: String) { self.address = address }
}
