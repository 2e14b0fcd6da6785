/// What is to be done with each recording of a folder: a machine without input and output.
///
/// It holds the ledger of finished recordings, the contents under recognition, and the names of outputs in use.
struct BatchMachine {
    /// What to do with a recording whose content is known.
    enum Work: Hashable {
        /// Recognise it and write its outputs under this name.
        case recognise(name: RawPath)
        /// The same content was recognised before, for a recording of another name: copy those outputs.
        case copy(from: LedgerEntry, name: RawPath)
        /// The same content was recognised before, and has outputs.
        case skip(LedgerEntry)
        /// The same content is being recognised; it comes back when that has ended.
        case wait
        /// The process ended each time that it recognised this file.
        case refuse
    }

    /// SHA-256 of everything but the content that decides the output.
    let options: String
    /// Whether a format has the name of the recording in it, so that only equal names have equal outputs.
    let outputsHoldName: Bool
    private var latest: [RawPath: LedgerEntry] = [:]
    private var byContent: [String: LedgerEntry] = [:]
    /// What is in the outputs of each name; nothing while they are being replaced.
    private var contents: [RawPath: LedgerEntry] = [:]
    /// The owner of each name of outputs; `nil` is a recording that is gone. Names that differ in case only are one
    /// file on some systems.
    private var owners: [RawPath: RawPath?] = [:]
    /// Recordings that wait for another with the same content, by that content.
    private var waiting: [String: [BatchSource]] = [:]
    /// Recognitions of earlier processes that did not end.
    private let attempts: [RawPath: LedgerAttempt]

    /// Attempts at a recording that may end the process.
    static let attemptLimit = 3

    init(
        entries: [LedgerEntry], attempts: [RawPath: LedgerAttempt] = [:], options: String, outputsHoldName: Bool
    ) {
        self.attempts = attempts
        self.options = options
        self.outputsHoldName = outputsHoldName
        for entry in entries { record(entry) }
    }

    /// The finished work on this very file; `nil` when there is none. Whether its outputs are still there is for the caller
    /// to see.
    func finished(_ source: BatchSource) -> LedgerEntry? {
        guard let entry = latest[source.path], entry.matches(source) else { return nil }
        return entry.options == LedgerEntry.baseline || isThere(entry) ? entry : nil
    }

    /// How many earlier attempts at this very file, with these options, ended with their process.
    func lostAttempts(_ source: BatchSource) -> Int {
        guard let attempt = attempts[source.path], attempt.matches(source, options: options) else { return 0 }
        return attempt.count
    }

    /// Takes a recording up.
    mutating func begin(_ source: BatchSource, digest: String) -> Work {
        let key = key(source, digest)
        if let entry = byContent[key], isThere(entry) {
            let isSameName = entry.path.stem == source.path.stem
            return isSameName ? .skip(entry) : .copy(from: entry, name: claim(source, digest))
        }
        if waiting[key] != nil {
            waiting[key]?.append(source)
            return .wait
        }
        if lostAttempts(source) >= Self.attemptLimit { return .refuse }
        waiting[key] = []
        let name = claim(source, digest)
        contents[name.folded] = nil
        return .recognise(name: name)
    }

    /// Adds finished work.
    mutating func record(_ entry: LedgerEntry) {
        latest[entry.path] = entry
        guard !entry.name.isEmpty else { return }
        let name = RawPath(entry.name)
        let isOthers = owners[name.folded].map { $0 != entry.path } ?? false
        // Outputs that belong to another recording of the same content are not taken away from it.
        if !isOthers { owners[name.folded] = .some(entry.isGone ? nil : entry.path) }
        contents[name.folded] = entry
        if entry.options == options { byContent[key(entry.path, entry.digest)] = entry }
    }

    /// Forgets finished work whose outputs are no longer there.
    mutating func forget(_ entry: LedgerEntry) {
        if latest[entry.path] == entry { latest[entry.path] = nil }
        if byContent[key(entry.path, entry.digest)] == entry { byContent[key(entry.path, entry.digest)] = nil }
        contents[RawPath(entry.name).folded] = nil
    }

    /// Ends the recognition of a content, after `record` when it succeeded. Returns the recordings that waited for it.
    mutating func end(_ source: BatchSource, digest: String) -> [BatchSource] {
        waiting.removeValue(forKey: key(source, digest)) ?? []
    }

    /// Whether the outputs of an entry were not replaced by those of another content.
    private func isThere(_ entry: LedgerEntry) -> Bool {
        guard let last = contents[RawPath(entry.name).folded] else { return false }
        return entry.options == options && last.options == options && last.digest == entry.digest
    }

    private func key(_ source: BatchSource, _ digest: String) -> String { key(source.path, digest) }

    private func key(_ path: RawPath, _ digest: String) -> String {
        outputsHoldName ? digest + ArgumentBytes.text(path.stem.bytes) : digest
    }

    /// A name for the outputs that no other recording has: the stem, else with the start of the digest behind it.
    private mutating func claim(_ source: BatchSource, _ digest: String) -> RawPath {
        let stem = source.path.stem.shortened(to: 200)
        let suffixed = RawPath(bytes: stem.bytes + Array("-\(digest.prefix(8))".utf8))
        var name = stem
        var number = 1
        while let owner = owners[name.folded], owner != source.path {
            name = number == 1 ? suffixed : RawPath(bytes: suffixed.bytes + Array("-\(number)".utf8))
            number += 1
        }
        owners[name.folded] = .some(source.path)
        return name
    }
}

extension RawPath {
    /// With ASCII letters in lower case.
    var folded: RawPath {
        RawPath(bytes: bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 })
    }

    /// At most so many bytes, not cut inside a character of UTF-8: file systems allow 255 bytes with the extension.
    fileprivate func shortened(to count: Int) -> RawPath {
        guard bytes.count > count else { return self }
        var end = count
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return RawPath(bytes: Array(bytes[..<(end == 0 ? count : end)]))
    }
}
