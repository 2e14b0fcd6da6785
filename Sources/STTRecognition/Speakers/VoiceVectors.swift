/// Vectors of voices at length 1, in 8 bits a value: 4 KB for a minute of speech at the 256 values of WeSpeaker.
struct VoiceVectors: Sendable {
    private(set) var count = 0
    private var dimension = 0
    private var values: [Int8] = []
    private var scales: [Float] = []

    mutating func append(_ vector: [Float]) {
        let unit = Self.unit(vector)
        let scale = max(unit.lazy.map(abs).max() ?? 0, .leastNormalMagnitude) / 127
        dimension = unit.count
        values += unit.map { Int8(max(-127, min(127, ($0 / scale).rounded()))) }
        scales.append(scale)
        count += 1
    }

    mutating func removeFirst(_ number: Int) {
        values.removeFirst(number * dimension)
        scales.removeFirst(number)
        count -= number
    }

    subscript(index: Int) -> [Float] {
        values[index * dimension..<(index + 1) * dimension].map { Float($0) * scales[index] }
    }

    /// The product with a vector of the same dimension.
    func product(_ index: Int, _ other: [Float]) -> Float {
        var sum: Float = 0
        let start = index * dimension
        for offset in 0..<dimension { sum += Float(values[start + offset]) * other[offset] }
        return sum * scales[index]
    }

    static func product(_ a: [Float], _ b: [Float]) -> Float {
        var sum: Float = 0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    /// The vector at length 1. One of length 0, or with a value that is not finite, becomes 0.
    static func unit(_ vector: [Float]) -> [Float] {
        let length = product(vector, vector).squareRoot()
        guard length > 0, length.isFinite else { return [Float](repeating: 0, count: vector.count) }
        return vector.map { $0 / length }
    }
}
