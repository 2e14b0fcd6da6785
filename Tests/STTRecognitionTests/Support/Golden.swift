import Foundation
import Testing

/// What an independent implementation (Python with numpy and the `onnxruntime` wheel) computed for a recording,
/// read as one window.
struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    let melFrames: Int
    let melMean: Double
    let encoderFrames: Int
    let encodedMean: Double
    let encodedStd: Double
    let encodedFrame0First8: [Float]
    let ids: [Int]
    let frames: [Int]
    let text: String

    var testDescription: String { file }

    static let recordings: [Golden] = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let url = Repository.golden.appendingPathComponent("golden_fp32.json")
        return (try? decoder.decode([Golden].self, from: Data(contentsOf: url))) ?? []
    }()
}
