/// One window's encoder frames after the joint's projection, which needs no token: it is computed for all at once. Of
/// one search, whose evaluations of the joint work in its memory.
struct PackedFrames {
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
    let active: AlignedFloats
    let places: UnsafeMutablePointer<Int32>
    /// `[token]`, padded.
    let scores: AlignedFloats

    /// The widths are padded ones.
    init(jointWidth: Int, scoreWidth: Int) {
        active = AlignedFloats(count: jointWidth)
        scores = AlignedFloats(count: scoreWidth)
        places = .allocate(capacity: max(1, jointWidth))
        places.initialize(repeating: 0, count: max(1, jointWidth))
    }

    deinit { places.deallocate() }
}
