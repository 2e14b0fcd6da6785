/// Work of one lane: a queue for each client, and the clients in turn. Every operation on one element is O(1).
struct FairLane<Element: Identifiable> {
    private var elements: [Element.ID: (client: ClientID, element: Element)] = [:]
    private var queues: [ClientID: KeyQueue<Element.ID>] = [:]
    /// Clients with waiting work; the first one is served next.
    private var turns = KeyQueue<ClientID>()

    var count: Int { elements.count }
    var isEmpty: Bool { elements.isEmpty }
    /// All waiting work in no particular order.
    var all: some Sequence<Element> { elements.values.lazy.map(\.element) }

    /// Queues work behind that of the same client; a client that had none waiting joins at the end of the turns.
    mutating func append(_ element: Element, client: ClientID) {
        elements[element.id] = (client, element)
        queues[client, default: KeyQueue()].append(element.id)
        turns.append(client)
    }

    /// The work that this client has waited longest for.
    func first(of client: ClientID) -> Element? {
        guard let id = queues[client]?.first else { return nil }
        return elements[id]?.element
    }

    /// Takes the oldest work of the client whose turn it is, and sends that client to the end of the turns.
    mutating func popFirst() -> Element? {
        guard let client = turns.first, let id = queues[client]?.first, let element = remove(id) else { return nil }
        // Still among the turns only if it has more work.
        if turns.remove(client) { turns.append(client) }
        return element
    }

    /// Takes up to `limit` elements that satisfy `condition`, in the order in which ``popFirst()`` would take them: one of
    /// each client in turn. A client whose oldest work does not satisfy it keeps its turn, so no work overtakes other work
    /// of its client. `condition` is not asked again about an element that it holds for.
    mutating func pop(_ limit: Int, where condition: (Element) -> Bool) -> [Element] {
        var taken: [Element] = []
        var count: Int
        repeat {
            count = taken.count
            for client in turns.keys where taken.count < limit {
                guard let next = first(of: client), condition(next), let element = remove(next.id) else { continue }
                taken.append(element)
                // Still among the turns only if it has more work.
                if turns.remove(client) { turns.append(client) }
            }
        } while taken.count > count
        return taken
    }

    /// Removes work wherever it stands; its client keeps its turn if it has more.
    mutating func remove(_ id: Element.ID) -> Element? {
        guard let (client, element) = elements.removeValue(forKey: id) else { return nil }
        queues[client]?.remove(id)
        if queues[client]?.isEmpty == true {
            queues[client] = nil
            turns.remove(client)
        }
        return element
    }
}
