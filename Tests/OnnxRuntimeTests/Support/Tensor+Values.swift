import OnnxRuntime

extension Tensor {
    /// A vector of floats.
    static func vector(_ values: [Float], in environment: OrtEnvironment) throws -> Tensor {
        try Tensor(shape: [values.count], of: Float.self, in: environment) { _ = $0.update(fromContentsOf: values) }
    }

    /// A tensor of zeros.
    static func zeros(_ shape: [Int], in environment: OrtEnvironment) throws -> Tensor {
        try Tensor(shape: shape, of: Float.self, in: environment) { _ in }
    }

    static func integers(_ values: [Int64], shape: [Int], in environment: OrtEnvironment) throws -> Tensor {
        try Tensor(shape: shape, of: Int64.self, in: environment) { _ = $0.update(fromContentsOf: values) }
    }

    func floats() throws -> [Float] { try withElements(of: Float.self) { Array($0) } }
}
