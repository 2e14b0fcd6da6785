import Foundation
import ONNXFile
import OnnxRuntime

extension SpeakerQuantizer {
    /// The values that a quantised tensor can have: `scale * (number - zero)` for the numbers 0…255.
    struct Range: Sendable, Hashable {
        let scale: Float
        let zero: UInt8

        /// Covers `low`, `high` and 0.
        init(_ low: Float, _ high: Float) {
            let (low, high) = (min(0, low), max(0, high))
            scale = max((high - low) / 255, .leastNormalMagnitude)
            zero = UInt8(max(0, min(255, (-low / scale).rounded())))
        }
    }

    /// The values whose ranges are needed.
    var values: [String] {
        Set(convolutions.values.flatMap { [$0.input, $0.output] }).sorted()
    }

    /// Runs the source on windows and returns the range of each value that is quantised.
    func measured(
        in folder: URL, _ windows: [[Float]], _ progress: (Double) throws -> Void
    ) throws -> [String: Range] {
        var probe = ONNXModelWriter(graphName: "ranges", operatorSets: model.operatorSets)
        for node in model.graph.nodes { probe.add(node) }
        for tensor in model.graph.initializers.values { probe.add(ONNXWeight(tensor)) }
        for port in model.graph.inputPorts { probe.addInput(port) }
        let values = values
        for (index, value) in values.enumerated() {
            for kind in ["ReduceMin", "ReduceMax"] {
                let name = "range.\(index).\(kind)"
                probe.add(kind, name: name, inputs: [value], outputs: [name], attributes: [("keepdims", .integer(0))])
                probe.addOutput(ONNXValueInfo(name, elementType: 1, axes: []))
            }
        }
        let file = try AtomicFileWriter(folder.appendingPathComponent("ranges.onnx"))
        try probe.write { try file.write($0) }
        try file.close()
        let (session, environment) = try Self.session(file.temporary)
        var ranges = [(low: Float, high: Float)](repeating: (0, 0), count: values.count)
        for (number, window) in windows.enumerated() {
            let outputs = try session.run([try Self.tensor(window, environment)])
            for index in values.indices {
                let low = try outputs[2 * index].withElements(of: Float.self) { $0[0] }
                let high = try outputs[2 * index + 1].withElements(of: Float.self) { $0[0] }
                ranges[index] = (min(ranges[index].low, low), max(ranges[index].high, high))
            }
            try progress(0.8 * Double(number + 1) / Double(windows.count))
        }
        return Dictionary(
            uniqueKeysWithValues: zip(values, ranges).map { ($0, Range($1.low * Self.margin, $1.high * Self.margin)) })
    }

    /// The mean cosine of the vectors of made-up speech that no range was measured on.
    func similarity(of result: URL) throws -> Double {
        let environment = try OrtEnvironment.shared()
        let sessions = try [source, result].map { try Self.session($0).0 }
        var sum = 0.0
        for seed in 0..<8 {
            let window = try Self.tensor(Self.features(Self.windowCount + seed), environment)
            let vectors = try sessions.map {
                try $0.run([window])[0].withElements(of: Float.self) { $0.map(Double.init) }
            }
            func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
            let length = (product(vectors[0], vectors[0]) * product(vectors[1], vectors[1])).squareRoot()
            guard vectors[0].count == vectors[1].count, length > 0, length.isFinite else { return 0 }
            sum += product(vectors[0], vectors[1]) / length
        }
        return sum / 8
    }

    private static func session(_ url: URL) throws(OrtError) -> (OrtSession, OrtEnvironment) {
        let environment = try OrtEnvironment.shared()
        return (try OrtSession(.file(url.path), options: SessionOptions(), in: environment), environment)
    }

    private static func tensor(_ window: [Float], _ environment: OrtEnvironment) throws(OrtError) -> Tensor {
        try Tensor(shape: [1, frameCount, bandCount], of: Float.self, in: environment) {
            _ = $0.update(fromContentsOf: window)
        }
    }

    /// Log-mel like that of speech, without its mean: moving formants, syllables, noise. `[frame * 80 + band]`.
    static func features(_ seed: Int) -> [Float] {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func uniform(_ range: ClosedRange<Double>) -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return range.lowerBound + Double(state >> 40) / Double(1 << 24) * (range.upperBound - range.lowerBound)
        }
        let formants = [(10.0, 5.0), (28, 9), (50, 8)].map { (middle, reach) in
            (middle, reach, uniform(1...5), uniform(0...6), uniform(4...7))
        }
        let (level, rate, phase) = (uniform(5...11), uniform(1.5...4), uniform(0...6))
        var values = [Float](repeating: 0, count: frameCount * bandCount)
        for frame in 0..<frameCount {
            let time = Double(frame) / 100
            let loudness = max(0, sin(2 * .pi * rate * time + phase)) + 0.3 * max(0, sin(0.8 * .pi * time))
            for band in 0..<bandCount {
                let shape = formants.reduce(0.0) { sum, formant in
                    let (middle, reach, speed, start, width) = formant
                    let distance = (Double(band) - middle - reach * sin(speed * time + start)) / width
                    return sum + exp(-distance * distance)
                }
                // The sum of four uniform numbers is nearly normal.
                let noise = (0..<4).reduce(0.0) { sum, _ in sum + uniform(-1...1) }
                values[frame * bandCount + band] = Float(level * loudness * shape + noise)
            }
        }
        for band in 0..<bandCount {
            let mean = stride(from: band, to: values.count, by: bandCount).reduce(Float(0)) { $0 + values[$1] }
            for index in stride(from: band, to: values.count, by: bandCount) {
                values[index] -= mean / Float(frameCount)
            }
        }
        return values
    }
}
