/// How often the partials of each client were stopped for finals in a row, so that a steady load of finals does not keep all of
/// them from ending.
struct StoppedPartials {
    /// Partials of a client that may be stopped in a row.
    static let limit = 3
    /// Clients that are counted; beyond them the one that was counted first begins anew.
    static let clientLimit = 4_096

    private var counts: [ClientID: Int] = [:]
    private var order = KeyQueue<ClientID>()

    /// Whether the next partial of a client may be stopped.
    func mayStop(_ client: ClientID) -> Bool { counts[client, default: 0] < Self.limit }

    mutating func add(_ client: ClientID) {
        if counts[client] == nil, counts.count >= Self.clientLimit, let first = order.first { reset(first) }
        counts[client, default: 0] += 1
        order.append(client)
    }

    /// A partial of the client has ended, or its utterance has.
    mutating func reset(_ client: ClientID) {
        guard counts.removeValue(forKey: client) != nil else { return }
        order.remove(client)
    }
}
