import CGigaSTT
import Foundation
import GigaSTT
import STTEncoderCache

// The functions of gigastt.h, which documents them.

/// Loads a model with one worker a core.
@_cdecl("gigastt_engine_new")
public func gigasttEngineNew(_ modelDir: UnsafePointer<CChar>?) -> OpaquePointer? {
    call(otherwise: nil) { try engine(modelDir) { _ in } }
}

/// Loads a model with a number of workers.
@_cdecl("gigastt_engine_new_with_pool_size")
public func gigasttEngineNewWithPoolSize(_ modelDir: UnsafePointer<CChar>?, _ poolSize: UInt) -> OpaquePointer? {
    call(otherwise: nil) { try engine(modelDir) { $0.workerCount = Int(clamping: poolSize) } }
}

/// Loads a model with options.
@_cdecl("gigastt_engine_new_with_options")
public func gigasttEngineNewWithOptions(
    _ modelDir: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?
) -> OpaquePointer? {
    call(otherwise: nil) { try engine(modelDir, options) { _ in } }
}

private func engine(
    _ modelDir: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>? = nil,
    _ adjust: (inout RecognizerConfiguration) -> Void
) throws -> OpaquePointer {
    let folder = URL(fileURLWithPath: try textArgument(modelDir, "model_dir"))
    var options = try CallOptions(options)
    var (configuration, head) = try options.engine()
    adjust(&configuration)
    let (model, checked) = (ModelFolder(at: folder, head: head), configuration)
    let recognizer = try CallingThread.wait { try await Recognizer(model, configuration: checked) }
    // The library prints nothing, so a model that was asked for and is not used is an error.
    try refuse(recognizer.punctuationFailure, ofOption: "punctuation_model")
    try refuse(recognizer.voiceActivityFailure, ofOption: "voice_activity_model")
    return try Handles.engines.insert(recognizer)
}

private func refuse(_ failure: GigaSTTError?, ofOption name: String) throws {
    guard let failure else { return }
    let fault = failure.code == .modelMissing ? "is missing" : "cannot be used"
    throw CallFailure(
        CallFailure(failure).code,
        "The model that the option \(name) names \(fault). Name another one, or leave out the option.",
        detail: "\(failure.message) \(failure.detail)")
}

/// Ends an engine and its streams.
@_cdecl("gigastt_engine_free")
public func gigasttEngineFree(_ engine: OpaquePointer?) {
    guard let recognizer = Handles.engines.remove(engine) else { return }
    for stream in Handles.streams.all where stream.engine === recognizer { stream.shutDown() }
    // Nothing is thrown.
    try? CallingThread.wait { await recognizer.shutDown() }
}

/// The folder of the demonstration model.
@_cdecl("gigastt_demo_model")
public func gigasttDemoModel() -> UnsafeMutablePointer<CChar>? {
    callForText {
        guard let folder = ModelFolder.demoBesideImage else {
            throw CallFailure(
                GIGASTT_ERROR_MODEL_MISSING,
                "The demonstration model is not beside the library. Install its folder, or load another model.")
        }
        return folder.url.path
    }
}

/// Makes an encoder with 8-bit weights.
@_cdecl("gigastt_quantize_model")
public func gigasttQuantizeModel(_ modelDir: UnsafePointer<CChar>?, _ force: Bool) -> UnsafeMutablePointer<CChar>? {
    let done = callForText {
        let encoder = try EncoderFolder(URL(fileURLWithPath: try textArgument(modelDir, "model_dir")))
        guard force || !FileManager.default.fileExists(atPath: encoder.target.path) else { return "ok" }
        try CallingThread.wait {
            try await DedicatedThread.run(isBackground: false) { _ in
                _ = try Quantizer(.fast).quantize(encoder.source, to: encoder.target, replacing: force)
            }
        }
        return "ok"
    }
    return done ?? strdup(gigastt_last_error_message())
}

/// The text of a recording.
@_cdecl("gigastt_transcribe_file")
public func gigasttTranscribeFile(
    _ engine: OpaquePointer?, _ path: UnsafePointer<CChar>?
) -> UnsafeMutablePointer<CChar>? {
    gigasttTranscribeFileWithOptions(engine, path, nil)
}

/// The text of a recording, with options.
@_cdecl("gigastt_transcribe_file_with_options")
public func gigasttTranscribeFileWithOptions(
    _ engine: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?
) -> UnsafeMutablePointer<CChar>? {
    callForText {
        let recognizer = try Handles.engines.value(engine)
        let file = URL(fileURLWithPath: try textArgument(path, "path"))
        var options = try CallOptions(options)
        let (transcription, format) = try options.recording(hasChannels: true)
        let transcript = try CallingThread.wait { try await recognizer.transcribe(file, options: transcription) }
        let name = file.deletingPathExtension().lastPathComponent
        return transcript.rendered(as: format, options: RenderingOptions(recordingName: name))
    }
}

/// The text of samples.
@_cdecl("gigastt_transcribe_samples")
public func gigasttTranscribeSamples(
    _ engine: OpaquePointer?, _ samples: UnsafePointer<Float>?, _ count: Int, _ sampleRate: UInt32,
    _ options: UnsafePointer<CChar>?
) -> UnsafeMutablePointer<CChar>? {
    callForText {
        let recognizer = try Handles.engines.value(engine)
        let rate = Int(sampleRate)
        guard Resampler.inputRates.contains(rate) else {
            throw CallFailure.invalid("sample_rate is not 1 to 192000 Hz.")
        }
        let bytes = try arrayArgument(samples, count: count, ofSize: MemoryLayout<Float>.size, "samples")
        // Proof: the array has as many bytes as so many floats, which are copied one by one.
        let samples = bytes.withUnsafeBytes { bytes in
            (0..<count).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        var options = try CallOptions(options)
        let (transcription, format) = try options.recording(hasChannels: false)
        let transcript = try CallingThread.wait {
            try await recognizer.transcribe(samples: samples, sampleRate: rate, options: transcription)
        }
        return transcript.rendered(as: format)
    }
}

/// Frees a text.
@_cdecl("gigastt_string_free")
public func gigasttStringFree(_ text: UnsafeMutablePointer<CChar>?) { free(text) }
