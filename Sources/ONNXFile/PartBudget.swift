/// How many parts (nodes, names, tensors, numbers of attributes) a file may still have.
///
/// A part takes two bytes of a file and a hundred of memory; a bound keeps a small hostile file small.
struct PartBudget {
    /// The encoder of GigaAM v3 has some 20 000.
    static let largest = 1 << 20

    private var left: Int

    init(_ count: Int = Self.largest) { left = count }

    mutating func spend() throws(ONNXFileError) {
        guard left > 0 else {
            throw ONNXFileError(
                .tooLarge, "The model has more parts than this version reads. Use another export of it.")
        }
        left -= 1
    }
}
