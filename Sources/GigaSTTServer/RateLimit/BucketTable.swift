/// The buckets of all clients. Bounded: an attacker with many addresses can only evict other buckets.
struct BucketTable: Sendable {
    /// Most buckets, about 6 MB.
    static let countLimit = 100_000
    /// Size of the sample from which the stalest bucket is evicted.
    static let sampleCount = 100
    /// A bucket that was not used for this long is full again at any sensible rate.
    static let idleLimit = Duration.seconds(300)
    /// Time between two searches for idle buckets.
    static let sweepInterval = Duration.seconds(60)

    private struct Entry: Sendable {
        let client: ClientAddress
        var bucket: TokenBucket
    }

    private let limit: RateLimit
    private let countLimit: Int
    private var entries: [Entry] = []
    private var places: [ClientAddress: Int] = [:]
    private var lastSweep = Duration.zero

    init(_ limit: RateLimit, countLimit: Int = Self.countLimit) {
        self.limit = limit
        self.countLimit = max(1, countLimit)
    }

    /// Clients with a bucket.
    var count: Int { entries.count }

    /// Takes a token of a client's if there is one.
    mutating func take(
        for client: ClientAddress, at now: Duration, using generator: inout some RandomNumberGenerator
    ) -> Bool {
        if now - lastSweep >= Self.sweepInterval { sweep(at: now) }
        if let place = places[client] { return entries[place].bucket.take(limit, at: now) }
        if entries.count >= countLimit { evictStalest(using: &generator) }
        var bucket = TokenBucket(limit, at: now)
        let isTaken = bucket.take(limit, at: now)
        places[client] = entries.count
        entries.append(Entry(client: client, bucket: bucket))
        return isTaken
    }

    private mutating func sweep(at now: Duration) {
        lastSweep = now
        entries.removeAll { now - $0.bucket.lastUse > Self.idleLimit }
        places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.client, $0) })
    }

    /// Removes the stalest of a sample; the last entry takes its place.
    private mutating func evictStalest(using generator: inout some RandomNumberGenerator) {
        let sample = (0..<Self.sampleCount).map { _ in Int.random(in: entries.indices, using: &generator) }
        guard let place = sample.min(by: { entries[$0].bucket.lastUse < entries[$1].bucket.lastUse }) else { return }
        places[entries[place].client] = nil
        let last = entries.removeLast()
        guard place < entries.count else { return }
        entries[place] = last
        places[last.client] = place
    }
}
