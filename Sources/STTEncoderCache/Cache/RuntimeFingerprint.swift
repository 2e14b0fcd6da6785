import Foundation
package import OnnxRuntime

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the layout of prepacked weights depends on beside the model: the runtime library and the instructions of the
/// processor. The library chooses its kernels by them.
package struct RuntimeFingerprint: Sendable, Hashable {
    /// Version of ONNX Runtime.
    package let version: String
    /// How the library was built; its own words.
    package let build: String
    /// Architecture and instruction sets.
    package let processor: String

    package init(version: String, build: String, processor: String) {
        (self.version, self.build, self.processor) = (version, build, processor)
    }

    /// This library on this machine.
    package init(_ library: OrtLibrary) {
        self.init(version: library.version, build: library.buildDescription, processor: Self.thisProcessor)
    }

    /// Whether the processor has the instructions that a table of kernels for `PackedEncoder` needs.
    package var runsKernels: Bool {
        let names = Set(processor.split(separator: " ").map(String.init))
        return Self.kernelInstructions.contains { names.isSuperset(of: $0) }
            || names.isSuperset(of: ["arm64:", "Apple"])
    }

    private static let kernelInstructions: [Set] = [
        ["avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_vnni"], ["avx2", "fma", "avx_vnni"],
        ["asimddp"],
    ]

    private static let thisProcessor = "\(architecture): \(instructions)"

    private static var architecture: String {
        var system = utsname()
        guard uname(&system) == 0 else { return "unknown" }
        return withUnsafeBytes(of: &system.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    #if os(Linux)
        private static var instructions: String {
            instructions(ofProcessorFile: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")
        }
    #else
        private static var instructions: String {
            var (size, text) = (256, [CChar](repeating: 0, count: 256))
            guard sysctlbyname("machdep.cpu.brand_string", &text, &size, nil, 0) == 0 else { return "unknown" }
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    #endif

    /// Starts of the names of instruction sets that numeric kernels are chosen by. Other flags come and go with versions
    /// of the kernel.
    private static let families = [
        "amx", "asimd", "avx", "bf16", "bmi", "f16c", "fma", "i8mm", "smei", "sse", "ssse", "sve",
    ]

    /// The instruction sets of the first processor in the text of `/proc/cpuinfo`, sorted.
    static func instructions(ofProcessorFile text: String) -> String {
        let line = text.split(separator: "\n").first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
        let flags = line?.split(separator: ":").last?.split(whereSeparator: \.isWhitespace) ?? []
        return flags.filter { flag in families.contains { flag.hasPrefix($0) } }.sorted().joined(separator: " ")
    }
}
