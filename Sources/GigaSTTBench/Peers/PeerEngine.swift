import Foundation

/// What is compared, and how it is started.
struct PeerEngine {
    /// Where it runs.
    enum Program {
        /// This program, with an encoder of that name in the folder of the comparison.
        case ours(encoder: String)
        /// `worker.py` with this engine; `wheel` is the folder of an unpacked wheel.
        case python(engine: String, wheel: String? = nil)
    }

    let name: String
    let program: Program

    static let plain = PeerEngine(name: "ours, int8", program: .ours(encoder: "plain"))
    static let fast = PeerEngine(name: "ours, quantized", program: .ours(encoder: "fast"))
    static let peers = [
        PeerEngine(name: "gigastt 2.22.0", program: .python(engine: "gigastt", wheel: "gigastt-2.22.0")),
        PeerEngine(name: "gigastt 2.3.0", program: .python(engine: "gigastt", wheel: "gigastt-2.3.0")),
        PeerEngine(name: "onnx-asr, int8", program: .python(engine: "onnx-asr")),
        PeerEngine(name: "onnx-asr, fp32", program: .python(engine: "onnx-asr-fp32")),
        PeerEngine(name: "runtime, int8", program: .python(engine: "runtime")),
        PeerEngine(name: "runtime, fp32", program: .python(engine: "runtime-fp32")),
    ]
    static let all = [plain, fast] + peers
}

/// Where everything lies that a comparison needs.
struct PeerPlaces {
    let model: URL
    /// Made by `Tools/Peers/make.sh`.
    let environment: URL
    let python: URL
    /// Our model folders `plain` and `fast`.
    let ours: URL

    /// Starts an engine, or says why it cannot be had.
    func start(_ engine: PeerEngine, threads: Int) throws -> LineProcess {
        switch engine.program {
        case .ours(let encoder):
            guard let program = Bundle.main.executableURL else {
                throw LineProcess.Failure(description: "this program cannot find itself")
            }
            let folder = ours.appendingPathComponent(encoder)
            return try LineProcess(program, ["peer-worker", folder.path, "\(threads)"])
        case .python(let name, let wheel):
            var variables = ["OMP_NUM_THREADS": "\(threads)"]
            if let wheel { variables.merge(try self.variables(wheel: wheel)) { $1 } }
            let worker = URL(fileURLWithPath: "Tools/Peers/worker.py")
            return try LineProcess(python, [worker.path, name, model.path, "\(threads)"], environment: variables)
        }
    }

    private func variables(wheel: String) throws -> [String: String] {
        let folder = environment.appendingPathComponent(wheel)
        guard FileManager.default.fileExists(atPath: folder.path) else {
            let reason = try? String(contentsOf: folder.appendingPathExtension("missing"), encoding: .utf8)
            throw LineProcess.Failure(
                description: reason?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "its wheel is not there")
        }
        let symbols = environment.appendingPathComponent("symbols.so").path
        return FileManager.default.fileExists(atPath: symbols)
            ? ["PYTHONPATH": folder.path, "LD_PRELOAD": symbols] : ["PYTHONPATH": folder.path]
    }
}
