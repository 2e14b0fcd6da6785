/// One window's encoder frames after the joint's projection, which needs no token: it is computed for all at once. Of
/// one search, whose evaluations of the joint work in its memory.
struct ProjectedFrames {
    /// `[frame, width]`
    let projections: AlignedFloats
    let width: Int
    let frameCount: Int
    let scratch: JointScratch

    /// The projection of one frame; `nil` out of range.
    func projection(of frame: Int) -> UnsafePointer<Float>? {
        (0..<frameCount).contains(frame) ? UnsafePointer(projections.start + frame * width) : nil
    }
}

/// The memory of one evaluation of the joint.
final class JointScratch {
    let activeValues: AlignedFloats
    let activeIndices: UnsafeMutablePointer<Int32>
    /// `[token]`, padded.
    let scores: AlignedFloats

    /// The widths are padded ones.
    init(jointWidth: Int, scoreWidth: Int) {
        activeValues = AlignedFloats(count: jointWidth)
        scores = AlignedFloats(count: scoreWidth)
        activeIndices = .allocate(capacity: max(1, jointWidth))
        activeIndices.initialize(repeating: 0, count: max(1, jointWidth))
    }

    deinit { activeIndices.deallocate() }
}
