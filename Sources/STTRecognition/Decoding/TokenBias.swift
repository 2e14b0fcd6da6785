/// Phrases whose tokens a search favours: an automaton over tokens (Aho and Corasick 1975).
///
/// A token that goes on with a phrase is worth a bonus. Where a phrase is left before its end, what its tokens were
/// given is taken back, so a hypothesis gains by whole phrases only.
///
/// A greedy search compares the few favoured tokens with the best one of all; other searches add `advance(_:by:).gain`.
package struct TokenBias: Sendable {
    /// A phrase and what each of its tokens is worth, in the unit of the scores (nats).
    package struct Phrase: Sendable, Hashable {
        package var tokens: [Int]
        package var bonus: Float

        package init(_ tokens: [Int], bonus: Float) {
            self.tokens = tokens
            self.bonus = bonus
        }
    }

    /// How far phrases have been followed: a value that each hypothesis has its own of.
    package struct State: Sendable, Hashable {
        fileprivate var node = 0

        /// No phrase has begun.
        package static let start = State()
    }

    private struct Node {
        var next: [Int: Int] = [:]
        /// The tokens of `next` in order: equal scores must not depend on the order of a dictionary.
        var tokens: [Int] = []
        /// The longest other beginning of a phrase that the tokens so far end with.
        var failure = 0
        var endsPhrase = false
        /// What the last token is worth.
        var bonus: Float = 0
        /// What the tokens from the start of the phrase to here are given.
        var granted: Float = 0
        /// The part of it that stays when the phrase is left here.
        var kept: Float = 0
        var pending: Float { granted - kept }
    }

    private var nodes = [Node()]

    /// Phrases without tokens are left out; of two bonuses for the same token the higher one counts.
    package init(_ phrases: [Phrase]) {
        for phrase in phrases where !phrase.tokens.isEmpty { insert(phrase) }
        link()
    }

    /// Calls `body` with each token that goes on with a phrase, and its bonus. A token may come more than once.
    package func forEachFavoured(after state: State, _ body: (_ token: Int, _ bonus: Float) -> Void) {
        var node = state.node
        while true {
            for token in nodes[node].tokens {
                if let next = nodes[node].next[token] { body(token, nodes[next].bonus) }
            }
            if node == 0 { return }
            node = nodes[node].failure
        }
    }

    /// The state after one more token, and what the token adds to the score: its bonus, less what is taken back.
    package func advance(_ state: State, by token: Int) -> (state: State, gain: Float) {
        let left = nodes[state.node]
        if let next = left.next[token] { return (State(node: next), nodes[next].bonus) }
        let next = target(of: token, from: left.failure)
        return (State(node: next), nodes[next].granted - left.pending)
    }

    /// What is taken back when the audio ends in `state`.
    package func refund(of state: State) -> Float { nodes[state.node].pending }

    private func target(of token: Int, from start: Int) -> Int {
        var node = start
        while nodes[node].next[token] == nil, node != 0 { node = nodes[node].failure }
        return nodes[node].next[token] ?? 0
    }

    private mutating func insert(_ phrase: Phrase) {
        var node = 0
        for token in phrase.tokens {
            let next = nodes[node].next[token] ?? nodes.count
            if next == nodes.count {
                nodes.append(Node())
                nodes[node].next[token] = next
            }
            nodes[next].bonus = max(nodes[next].bonus, phrase.bonus)
            node = next
        }
        nodes[node].endsPhrase = true
    }

    /// Breadth first, so that what a node refers to is complete.
    private mutating func link() {
        var queue = [0]
        var index = 0
        while index < queue.count {
            let node = queue[index]
            index += 1
            nodes[node].tokens = nodes[node].next.keys.sorted()
            for (token, next) in nodes[node].next {
                nodes[next].failure = node == 0 ? 0 : target(of: token, from: nodes[node].failure)
                nodes[next].granted = nodes[node].granted + nodes[next].bonus
                let own = nodes[next].endsPhrase ? nodes[next].granted : nodes[node].kept
                nodes[next].kept = max(own, nodes[nodes[next].failure].kept)
                queue.append(next)
            }
        }
    }
}
