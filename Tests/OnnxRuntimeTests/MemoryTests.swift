#if os(Linux)
    import Foundation
    import OnnxRuntime
    import Testing

    @Suite struct MemoryTests {
        /// Each run makes two inputs, a view, an output and a cancellation. One forgotten tensor per run would be
        /// 500 MB in the end; what other tests do at the same time is far less.
        @Test(arguments: [nil, "Cpu"]) func runsLeaveNoTensorBehind(boundMemory: String?) throws {
            let environment = try OrtEnvironment.shared()
            var options = SessionOptions()
            options.boundMemory = boundMemory
            let session = try OrtSession(.bytes(SumGraph.bytes), options: options, in: environment)
            let size = 64 * 1024
            func run() throws {
                let a = try session.tensor(shape: [size + 1], of: Float.self) { _ in }
                let view = try Tensor(viewing: a, from: 1, shape: [size], in: environment)
                let b = try session.tensor(shape: [size], of: Float.self) { $0[size - 1] = 1 }
                let result = try session.run([view, b], cancellation: RunCancellation(in: environment))
                #expect(try result[0].withElements(of: Float.self) { $0[size - 1] } == 1)
            }
            for _ in 0..<100 { try run() }
            let before = try Self.residentBytes()
            for _ in 0..<2000 { try run() }
            #expect(try Self.residentBytes() - before < 250 << 20)
        }

        /// Each session of the joint holds 1.1 MB of weights.
        @Test func sessionsLeaveNoWeightsBehind() throws {
            let environment = try OrtEnvironment.shared()
            let load = { _ = try OrtSession(ModelFile.builtIn("v3_rnnt_joint.onnx"), in: environment) }
            for _ in 0..<5 { try load() }
            let before = try Self.residentBytes()
            for _ in 0..<200 { try load() }
            #expect(try Self.residentBytes() - before < 110 << 20)
        }

        private static func residentBytes() throws -> Int {
            let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
            return (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
        }
    }
#endif
