import Foundation

/// What `gigastt doctor` found: facts of the installation, without names of people, and what follows from them.
struct DoctorReport: Encodable, Sendable, Equatable {
    /// ONNX Runtime.
    struct Runtime: Encodable, Sendable, Equatable {
        var version: String
        var path: String
    }

    /// The versions of FFmpeg's libraries.
    struct FFmpeg: Encodable, Sendable, Equatable {
        var libavformat: String
        var libavcodec: String
        var libavutil: String
    }

    /// The model that `transcribe` and `serve` would load.
    struct Model: Encodable, Sendable, Equatable {
        /// Where it is searched; `nil` for the built-in one.
        var folder: String?
        var name: String?
        var head: String?
        /// `int8` or `float`.
        var precision: String?
        var isPrepared = false
        /// The instruction set of the kernels that run the encoder; `nil` when ONNX Runtime does.
        var kernels: String?
        /// Whether `gigastt download` or `serve` would prepare it.
        var canBePrepared = false
        /// Whether texts get punctuation from a model of its own.
        var addsPunctuation = false
    }

    /// How fast this machine is with the model.
    struct Speed: Encodable, Sendable, Equatable {
        /// Seconds of sound that were recognised.
        var audioSeconds: Double
        var seconds: Double
        /// Threads that recognised it.
        var threadCount: Int
        var realTimeFactor: Double { seconds / audioSeconds }

        private enum CodingKeys: CodingKey { case audioSeconds, seconds, threadCount, realTimeFactor }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(audioSeconds, forKey: .audioSeconds)
            try container.encode(seconds, forKey: .seconds)
            try container.encode(threadCount, forKey: .threadCount)
            try container.encode(realTimeFactor, forKey: .realTimeFactor)
        }
    }

    /// Something to do. A problem keeps the program from working; a remark does not.
    struct Finding: Encodable, Sendable, Equatable {
        var isProblem: Bool
        var message: String
        var action: String
    }

    var version = ""
    var system = ""
    var architecture = ""
    var coreCount = 0
    /// Instruction sets that kernels are chosen by.
    var instructions: [String] = []
    var availableMemory: Int64?
    var runtime: Runtime?
    /// Why the runtime cannot be used.
    var runtimeFailure: String?
    var ffmpeg: FFmpeg?
    /// The major version of libavformat that is needed.
    var neededFFmpeg: Int?
    var provider = ""
    var model = Model()
    /// Why the model cannot be used.
    var modelFailure: String?
    /// Why the VAD model that was asked for is not used.
    var voiceActivityFailure: String?
    var speed: Speed?
    /// The names of the settings in the environment; their values may be secret.
    var variables: [String] = []

    /// Whether everything works.
    var isSound: Bool { !findings.contains(where: \.isProblem) }

    /// What to do, problems first.
    var findings: [Finding] {
        var found: [Finding] = []
        if let runtimeFailure {
            found.append(
                .init(
                    isProblem: true, message: runtimeFailure,
                    action: "Run `make setup`, or set ONNXRUNTIME_LIB to the library file."))
        } else if let modelFailure {
            found.append(
                .init(
                    isProblem: true, message: modelFailure,
                    action: "Run `gigastt download`, or name the folder of a model with --model-dir."))
        }
        if let voiceActivityFailure {
            found.append(
                .init(
                    isProblem: false, message: "Speech is found by its energy. \(voiceActivityFailure)",
                    action: "Run `gigastt download --vad`, or leave out --vad."))
        }
        if let speed, speed.realTimeFactor > 1 {
            found.append(
                .init(
                    // No problem of the installation: a busy machine is enough.
                    isProblem: false, message: "Recognition is slower than speech.",
                    action: "End other programs, or use a faster machine: live speech cannot be recognised on this one."
                ))
        }
        if ffmpeg == nil {
            let version = neededFFmpeg.map { " (libavformat.so.\($0))" } ?? ""
            found.append(
                .init(
                    isProblem: false, message: "FFmpeg's libraries were not found\(version): only WAV can be read.",
                    action: neededFFmpeg == nil
                        ? "Build gigastt with the headers of FFmpeg." : "Install libavformat, libavcodec and libavutil."
                ))
        }
        if model.canBePrepared {
            found.append(
                .init(
                    isProblem: false, message: "The encoder is not prepared for this machine.",
                    action: "Run `gigastt download`, which makes recognition about three times as fast."))
        }
        if model.folder == nil, modelFailure == nil, model.name != nil {
            found.append(
                .init(
                    isProblem: false,
                    message: "The built-in model is in use; it recognises synthesised voices, and people poorly.",
                    action: "Run `gigastt download`, and unset GIGASTT_BUILT_IN_MODEL."))
        }
        return found
    }
}
