import Foundation
import OnnxRuntime

/// Runs encoders on random features.
struct EncoderRunner {
    let frameCount: Int

    /// `[channel, frame]`, the number of frames, and what the model says of it.
    func run(_ model: URL) throws -> (values: [Float], frameCount: Int, length: Int) {
        let environment = try OrtEnvironment.shared()
        let session = try OrtSession(.file(model.path), in: environment)
        let features = try Tensor(shape: [1, 64, frameCount], of: Float.self, in: environment) { target in
            for index in target.indices {
                let (band, frame) = (Float(index / frameCount), Float(index % frameCount))
                target[index] = 2 * sin(0.11 * band + 0.07 * frame) + sin(1.7 * band * band + 0.31 * frame)
            }
        }
        let length = try Tensor(shape: [1], of: Int64.self, in: environment) { $0[0] = Int64(frameCount) }
        let outputs = try session.run([features, length])
        let values = try outputs[0].withElements(of: Float.self) { Array($0) }
        let count = try outputs[1].withElements(of: Int32.self) { Int($0.first ?? 0) }
        return (values, outputs[0].shape[2], count)
    }

    static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        func product(_ x: [Float], _ y: [Float]) -> Double { zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }
}
