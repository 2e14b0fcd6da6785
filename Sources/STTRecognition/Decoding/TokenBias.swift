/// Phrases that a search favours: an automaton over the letters of tokens (Aho and Corasick 1975).
///
/// A phrase is worth its boost once, at its last letter, wherever it is found; phrases within phrases count as well.
/// The letters before are lent a share of it, which is taken back where the phrase is left, so a hypothesis gains by
/// whole phrases only. The word mark is lent nothing. Letters, because every way to divide a phrase into pieces then
/// leads to the same state.
///
/// Cost: 32 bytes a letter that phrases do not share; a token costs the same whatever the number of phrases.
package struct TokenBias: Sendable {
    /// A phrase as folded Unicode scalars, and what it is worth in the unit of the scores (nats).
    package struct Phrase: Sendable, Hashable {
        package var symbols: [UInt32]
        package var boost: Float

        package init(_ symbols: [UInt32], boost: Float) {
            self.symbols = symbols
            self.boost = boost
        }
    }

    /// How far phrases have been followed: a value that each hypothesis has its own of.
    package struct State: Sendable, Hashable {
        fileprivate var node = 0
    }

    /// The state after one more token.
    package struct Step: Sendable {
        package var state: State
        /// Boosts of the phrases that the token ends.
        package var earned: Float
        /// Whether all letters of the token go on with a phrase, or begin one.
        package var isInPhrase: Bool
    }

    private struct Node {
        let symbol: UInt32
        /// The longest other beginning of a phrase that the letters so far end with.
        var failure: Int32 = 0
        /// Children are consecutive, in order of their symbols.
        var firstChild: Int32 = 0
        var childCount: Int32 = 0
        /// Letters from the start of the phrase.
        let depth: Int32
        /// What ends here, as a phrase or as the end of one.
        var earned: Float = 0
        /// The share of the boosts that lie ahead.
        var lent: Float = 0
        /// The largest boost that lies ahead.
        var ahead: Float = 0
    }

    private var nodes = [Node(symbol: 0, depth: 0)]
    /// The letters of each token.
    private let symbols: [[UInt32]]
    private let mark: UInt32
    /// The state at the beginning of a window, which is the beginning of a word.
    package let start: State
    /// The largest boost of a phrase.
    package let highestBoost: Float

    /// `nil` without phrases: those that are empty or have a boost of 0 or less are left out. Of phrases that are alike the
    /// highest boost counts.
    ///
    /// - Parameters:
    ///   - symbols: What each token writes, in folded scalars.
    ///   - mark: The scalar that begins a word.
    package init?(_ phrases: [Phrase], symbols: [[UInt32]], mark: UInt32) {
        let sorted = phrases.filter { !$0.symbols.isEmpty && $0.boost > 0 }
            .sorted { $0.symbols.lexicographicallyPrecedes($1.symbols) }
        guard let highest = sorted.map(\.boost).max() else { return nil }
        (self.symbols, self.mark, highestBoost) = (symbols, mark, highest)
        var nodes = nodes
        Self.grow(&nodes, sorted, mark: mark)
        Self.link(&nodes)
        // Outside of all phrases nothing lies ahead.
        nodes[0].ahead = 0
        start = State(node: Self.target(of: mark, from: 0, in: nodes))
        self.nodes = nodes
    }

    /// Follows the letters of one more token.
    package func advance(_ state: State, by token: Int) -> Step {
        guard symbols.indices.contains(token), !symbols[token].isEmpty else {
            return Step(state: State(), earned: 0, isInPhrase: false)
        }
        return advance(state, symbols[token])
    }

    /// The end of the audio, which is the end of a word.
    package func finish(_ state: State) -> Step { advance(state, [mark]) }

    /// What is lent to the phrases that are open in `state`.
    package func lent(_ state: State) -> Float { nodes[state.node].lent }

    /// The most that the phrase which is open in `state` can still earn; 0 when none is.
    package func ahead(_ state: State) -> Float { nodes[state.node].ahead }

    private func advance(_ state: State, _ symbols: [UInt32]) -> Step {
        var step = Step(state: state, earned: 0, isInPhrase: false)
        for symbol in symbols {
            step.state.node = Self.target(of: symbol, from: step.state.node, in: nodes)
            step.earned += nodes[step.state.node].earned
        }
        step.isInPhrase = Int(nodes[step.state.node].depth) >= symbols.count
        return step
    }

    private static func target(of symbol: UInt32, from start: Int, in nodes: [Node]) -> Int {
        var node = start
        while true {
            if let child = child(of: node, symbol, in: nodes) { return child }
            if node == 0 { return 0 }
            node = Int(nodes[node].failure)
        }
    }

    private static func child(of node: Int, _ symbol: UInt32, in nodes: [Node]) -> Int? {
        var low = Int(nodes[node].firstChild)
        var high = low + Int(nodes[node].childCount)
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle].symbol == symbol { return middle }
            if nodes[middle].symbol < symbol { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}

// MARK: - Building

extension TokenBias {
    /// Breadth first over sorted phrases: those below a node are a range, and its children are consecutive.
    private static func grow(_ nodes: inout [Node], _ phrases: [Phrase], mark: UInt32) {
        let letterCounts = phrases.map { $0.symbols.count { $0 != mark } }
        var ranges = [phrases.startIndex..<phrases.endIndex]
        var letters = [0]
        var index = 0
        while index < nodes.count {
            let (range, depth) = (ranges[index], Int(nodes[index].depth))
            var place = range.lowerBound
            while place < range.upperBound, phrases[place].symbols.count == depth {
                nodes[index].earned = max(nodes[index].earned, phrases[place].boost)
                place += 1
            }
            nodes[index].firstChild = Int32(nodes.count)
            for phrase in place..<range.upperBound {
                nodes[index].ahead = max(nodes[index].ahead, phrases[phrase].boost)
                let share = Float(letters[index]) / Float(max(1, letterCounts[phrase]))
                nodes[index].lent = max(nodes[index].lent, phrases[phrase].boost * share)
            }
            while place < range.upperBound {
                let symbol = phrases[place].symbols[depth]
                let first = place
                while place < range.upperBound, phrases[place].symbols[depth] == symbol { place += 1 }
                nodes.append(Node(symbol: symbol, depth: Int32(depth + 1)))
                ranges.append(first..<place)
                letters.append(letters[index] + (symbol == mark ? 0 : 1))
                nodes[index].childCount += 1
            }
            index += 1
        }
    }

    /// In the order of depth, so that what a node refers to is complete.
    private static func link(_ nodes: inout [Node]) {
        for index in nodes.indices {
            for child in Int(nodes[index].firstChild)..<Int(nodes[index].firstChild + nodes[index].childCount) {
                guard index != 0 else { continue }
                let failure = target(of: nodes[child].symbol, from: Int(nodes[index].failure), in: nodes)
                nodes[child].failure = Int32(failure)
                nodes[child].earned += nodes[failure].earned
            }
        }
    }
}

/// A bias and how far one hypothesis has followed its phrases.
struct BiasTrace {
    let bias: TokenBias
    private(set) var state: TokenBias.State
    /// Boosts of the phrases so far.
    private(set) var earned: Float = 0

    init(_ bias: TokenBias) {
        self.bias = bias
        state = bias.start
    }

    /// The most that the open phrase can still earn.
    var ahead: Float { bias.ahead(state) }
    /// What the score of the hypothesis is to be raised by while it is open.
    var gain: Float { earned + bias.lent(state) }

    /// Takes one more token; returns whether all of its letters are within phrases.
    @discardableResult
    mutating func advance(by token: Int) -> Bool {
        let step = bias.advance(state, by: token)
        state = step.state
        earned += step.earned
        return step.isInPhrase
    }

    /// Takes the end of the audio.
    mutating func finish() {
        let step = bias.finish(state)
        state = step.state
        earned += step.earned
    }
}
