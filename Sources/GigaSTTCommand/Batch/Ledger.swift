/// What a ledger holds: a value that knows which lines later ones replace.
struct Ledger {
    /// The entries in the order in which they were written.
    private(set) var entries: [LedgerEntry] = []
    /// By recording, the recognitions that are not known to have ended.
    private(set) var attempts: [RawPath: LedgerAttempt] = [:]
    /// Lines of the file without its head.
    private(set) var lineCount = 0
    private var lineLimit = 0

    /// Lines that later ones replace and that stay all the same: a ledger is not rewritten for each recording.
    static let slack = 1_000

    init(_ records: [LedgerRecord] = []) {
        for record in records { add(record) }
        compact()
    }

    /// Adds a line.
    mutating func add(_ record: LedgerRecord) {
        lineCount += 1
        switch record {
        case .entry(let entry):
            entries.append(entry)
            attempts[entry.path] = nil
        case .attempt(let attempt): attempts[attempt.path] = attempt.count > 0 ? attempt : nil
        }
    }

    /// Whether the file is to be written anew, from `records`.
    var isOversized: Bool { lineCount > lineLimit }

    /// The lines that are needed, in an order that gives the same ledger.
    var records: [LedgerRecord] {
        entries.map { .entry($0) }
            + attempts.values.sorted { $0.source < $1.source }.map { .attempt($0) }
    }

    /// For each name, in order of their first use, the entry that decides whose it is: its first user, which keeps the
    /// name when it is gone.
    private var claims: [LedgerEntry] {
        var (order, claims) = ([RawPath](), [RawPath: LedgerEntry]())
        for entry in entries where !entry.name.isEmpty {
            let name = RawPath(entry.name).folded
            guard let claim = claims[name] else {
                order.append(name)
                claims[name] = entry
                continue
            }
            if claim.path == entry.path, !claim.isGone { claims[name] = entry }
        }
        return order.compactMap { claims[$0] }
    }

    /// The file holds only `records` from now on.
    mutating func rewritten() {
        compact()
        lineCount = entries.count + attempts.count
    }

    /// The file could not be written anew: that is tried again when it has doubled.
    mutating func notRewritten() { lineLimit = 2 * lineCount }

    /// Leaves the last entry of each recording and of each name of outputs, behind those that say whose a name is: the
    /// others decide nothing any more.
    private mutating func compact() {
        let claims = claims
        var (paths, names) = (Set<RawPath>(), Set<RawPath>())
        let last = Array(
            entries.reversed().filter { entry in
                let isLastOfPath = paths.insert(entry.path).inserted
                let isLastOfName = !entry.name.isEmpty && names.insert(RawPath(entry.name).folded).inserted
                return isLastOfPath || isLastOfName
            }.reversed())
        let firsts = Dictionary(last.map { (RawPath($0.name).folded, $0) }, uniquingKeysWith: { first, _ in first })
        entries = claims.filter { firsts[RawPath($0.name).folded] != $0 } + last
        lineLimit = 2 * (entries.count + attempts.count) + Self.slack
    }
}
