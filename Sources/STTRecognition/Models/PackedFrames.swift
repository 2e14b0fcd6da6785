/// One window's encoder frames after the joint's projection, which needs no token: it is computed for all at once.
struct PackedFrames {
    /// `[frame, width]`
    let projections: AlignedFloats
    let width: Int
    let frameCount: Int

    /// The projection of one frame; `nil` out of range.
    func projection(of frame: Int) -> UnsafePointer<Float>? {
        (0..<frameCount).contains(frame) ? UnsafePointer(projections.start + frame * width) : nil
    }
}
