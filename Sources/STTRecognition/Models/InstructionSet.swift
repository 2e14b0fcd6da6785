import CKernels

/// Which instructions of the processor the kernels use; results differ in the last bits only.
enum InstructionSet: CaseIterable {
    case plain, avx2, avx512

    /// The widest that this processor has.
    static let widest = allCases.last { $0.isAvailable } ?? .plain

    /// Whether this processor has it; it has those before it as well.
    var isAvailable: Bool { kernelSet.rawValue <= kernels_widest_set().rawValue }

    var kernelSet: kernels_set {
        switch self {
        case .plain: KERNELS_PLAIN
        case .avx2: KERNELS_AVX2
        case .avx512: KERNELS_AVX512
        }
    }
}
