/// Floats at an address that suits vector instructions, zero at first.
final class AlignedFloats {
    let start: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        let size = MemoryLayout<Float>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * size, alignment: 64)
        start = memory.initializeMemory(as: Float.self, repeating: 0, count: max(1, count))
        self.count = count
    }

    deinit { start.deallocate() }
}
