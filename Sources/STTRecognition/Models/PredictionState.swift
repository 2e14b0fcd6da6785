/// Output and state of the prediction network after some tokens: a value that shares memory until it is changed.
struct PredictionState {
    private(set) var memory: Memory
    /// In which direction the next step reads the weights: every other one backwards.
    private(set) var isNextBackwards = false

    /// A state of zero; the sizes are padded ones.
    init(hiddenWidth: Int, jointWidth: Int) {
        memory = Memory(hiddenWidth: hiddenWidth, jointWidth: jointWidth)
    }

    /// Calls `body` with memory that no other state shares, for one step of the network.
    mutating func step(_ body: (Memory, _ isBackwards: Bool) -> Void) {
        if !isKnownUniquelyReferenced(&memory) { memory = memory.copy() }
        body(memory, isNextBackwards)
        isNextBackwards.toggle()
    }

    final class Memory {
        /// State of the LSTM, `[hidden]` each; padded.
        let hidden: UnsafeMutablePointer<Float>
        let cell: UnsafeMutablePointer<Float>
        /// What the joint makes of `hidden`, `[joint]`; padded.
        let projection: UnsafeMutablePointer<Float>
        /// Scratch of one step, `[4, hidden]`.
        let gates: UnsafeMutablePointer<Float>
        private let (hiddenWidth, jointWidth): (Int, Int)
        private let floats: AlignedFloats

        init(hiddenWidth: Int, jointWidth: Int) {
            (self.hiddenWidth, self.jointWidth) = (hiddenWidth, jointWidth)
            floats = AlignedFloats(count: 6 * hiddenWidth + jointWidth)
            hidden = floats.start
            cell = hidden + hiddenWidth
            projection = cell + hiddenWidth
            gates = projection + jointWidth
        }

        fileprivate func copy() -> Memory {
            let copy = Memory(hiddenWidth: hiddenWidth, jointWidth: jointWidth)
            copy.hidden.update(from: hidden, count: 2 * hiddenWidth + jointWidth)
            return copy
        }
    }
}
