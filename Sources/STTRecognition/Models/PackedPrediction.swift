/// Output and state of the prediction network within one search, and the memory that the search works in.
///
/// It is advanced in place: a search allocates nothing for a token.
final class PackedPrediction {
    /// State of the LSTM, `[hidden]` each; padded.
    let hidden: UnsafeMutablePointer<Float>
    let cell: UnsafeMutablePointer<Float>
    /// What the joint makes of `hidden`, `[joint]`; padded.
    let projection: UnsafeMutablePointer<Float>
    /// Scratch of one step, and of one evaluation of the joint.
    let gates: UnsafeMutablePointer<Float>
    let active: UnsafeMutablePointer<Float>
    let places: UnsafeMutablePointer<Int32>
    /// `[token]`, padded.
    let scores: UnsafeMutablePointer<Float>
    /// In which direction the next step reads the weights: every other one backwards.
    var isNextBackwards = false
    private let memory: AlignedFloats

    /// Memory for a state of zero; the sizes are padded ones.
    init(hiddenWidth: Int, jointWidth: Int, scoreWidth: Int) {
        let sizes = [hiddenWidth, hiddenWidth, jointWidth, 4 * hiddenWidth, jointWidth, scoreWidth]
        memory = AlignedFloats(count: sizes.reduce(0, +))
        var starts: [UnsafeMutablePointer<Float>] = []
        var next = memory.start
        for size in sizes {
            starts.append(next)
            next += size
        }
        (hidden, cell, projection) = (starts[0], starts[1], starts[2])
        (gates, active, scores) = (starts[3], starts[4], starts[5])
        places = .allocate(capacity: max(1, jointWidth))
        places.initialize(repeating: 0, count: max(1, jointWidth))
    }

    deinit { places.deallocate() }
}
