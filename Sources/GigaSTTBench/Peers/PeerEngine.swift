import Foundation

/// What is compared, and how it is started.
struct PeerEngine {
    /// A folder of the comparison, by what it holds as the int8 encoder.
    enum Folder: String {
        /// As it is published: gigastt's form up to 2.22.
        case plain
        /// Ours, for speed.
        case fast
        /// gigastt's form after 2.22.
        case matmul
    }

    /// Where it runs.
    enum Program {
        /// This program; with the prepared encoder of the folder, if there is to be one.
        case ours(Folder, isPrepared: Bool = false)
        /// `worker.py` with this engine; `wheel` is the folder of an unpacked wheel. `nil`: the model folder itself.
        case python(engine: String, Folder? = nil, wheel: String? = nil)
    }

    let name: String
    let program: Program

    static let ours = [
        PeerEngine(name: "ours, int8", program: .ours(.plain)),
        PeerEngine(name: "ours, quantized", program: .ours(.fast)),
        PeerEngine(name: "ours, prepared", program: .ours(.plain, isPrepared: true)),
    ]
    static let peers = [
        PeerEngine(name: "gigastt 2.22.0", program: .python(engine: "gigastt", wheel: "gigastt-2.22.0")),
        PeerEngine(
            name: "gigastt 2.22.0, matmul", program: .python(engine: "gigastt", .matmul, wheel: "gigastt-2.22.0")),
        PeerEngine(name: "gigastt 2.3.0", program: .python(engine: "gigastt", wheel: "gigastt-2.3.0")),
        PeerEngine(name: "onnx-asr, int8", program: .python(engine: "onnx-asr")),
        PeerEngine(name: "onnx-asr, matmul", program: .python(engine: "onnx-asr", .matmul)),
        PeerEngine(name: "onnx-asr, fp32", program: .python(engine: "onnx-asr-fp32")),
        PeerEngine(name: "runtime, int8", program: .python(engine: "runtime")),
        PeerEngine(name: "runtime, matmul", program: .python(engine: "runtime", .matmul)),
        PeerEngine(name: "runtime, fp32", program: .python(engine: "runtime-fp32")),
    ]
    static let all = ours + peers
}

/// Where everything lies that a comparison needs.
struct PeerPlaces {
    let model: URL
    /// Made by `Tools/Peers/make.sh`.
    let environment: URL
    let python: URL
    /// Holds the folders of `PeerEngine.Folder`, and prepared encoders.
    let folders: URL

    var cache: URL { folders.appendingPathComponent("cache") }
    func folder(_ folder: PeerEngine.Folder) -> URL { folders.appendingPathComponent(folder.rawValue) }

    /// Starts an engine, or says why it cannot be had.
    func start(_ engine: PeerEngine, threads: Int) throws -> LineProcess {
        switch engine.program {
        case .ours(let encoder, let isPrepared):
            guard let program = Bundle.main.executableURL else {
                throw LineProcess.Failure(description: "this program cannot find itself")
            }
            let options = isPrepared ? ["--cache", cache.path] : []
            return try LineProcess(program, ["peer-worker", folder(encoder).path, "\(threads)"] + options)
        case .python(let name, let encoder, let wheel):
            var variables = ["OMP_NUM_THREADS": "\(threads)"]
            if let wheel { variables.merge(try self.variables(wheel: wheel)) { $1 } }
            let worker = URL(fileURLWithPath: "Tools/Peers/worker.py")
            let model = encoder.map(folder) ?? model
            guard FileManager.default.fileExists(atPath: model.path) else {
                throw LineProcess.Failure(description: "the model folder has no fp32 encoder to make this form of")
            }
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
