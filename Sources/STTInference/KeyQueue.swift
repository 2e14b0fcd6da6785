/// A queue of distinct keys, any of which can leave in constant time: a doubly linked list inside a dictionary.
struct KeyQueue<Key: Hashable> {
    private struct Links {
        var previous: Key?
        var next: Key?
    }

    private var links: [Key: Links] = [:]
    private(set) var first: Key?
    private var last: Key?

    var isEmpty: Bool { links.isEmpty }
    /// The keys in their order. Cost: their number.
    var keys: [Key] {
        Array(
            sequence(state: first) { key in
                defer { key = key.flatMap { links[$0]?.next } }
                return key
            })
    }

    /// Adds a key at the end; a key that is there already keeps its place.
    mutating func append(_ key: Key) {
        guard links[key] == nil else { return }
        links[key] = Links(previous: last)
        if let last { links[last]?.next = key } else { first = key }
        last = key
    }

    /// Removes a key wherever it stands; whether it was there.
    @discardableResult
    mutating func remove(_ key: Key) -> Bool {
        guard let removed = links.removeValue(forKey: key) else { return false }
        if let previous = removed.previous { links[previous]?.next = removed.next } else { first = removed.next }
        if let next = removed.next { links[next]?.previous = removed.previous } else { last = removed.previous }
        return true
    }
}
