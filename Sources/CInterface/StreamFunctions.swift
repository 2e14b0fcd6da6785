public import CGigaSTT
import GigaSTT
import STTMedia

// The functions of gigastt.h for live streams.

/// Opens a stream whose segments are returned.
@_cdecl("gigastt_stream_new")
public func gigasttStreamNew(_ engine: OpaquePointer?) -> OpaquePointer? {
    gigasttStreamNewWithCallback(engine, nil, nil, nil)
}

/// Opens a stream that calls back.
@_cdecl("gigastt_stream_new_with_callback")
public func gigasttStreamNewWithCallback(
    _ engine: OpaquePointer?, _ options: UnsafePointer<CChar>?, _ callback: gigastt_event_callback?,
    _ context: UnsafeMutableRawPointer?
) -> OpaquePointer? {
    call(otherwise: nil) {
        let recognizer = try Handles.engines.value(engine)
        var options = try CallOptions(options)
        let live = try options.stream()
        return try Handles.streams.insert(try StreamSession(recognizer, live, EventCallback(callback, context)))
    }
}

/// Takes 16-bit samples.
@_cdecl("gigastt_stream_process_chunk")
public func gigasttStreamProcessChunk(
    _ engine: OpaquePointer?, _ stream: OpaquePointer?, _ pcm16Bytes: UnsafePointer<UInt8>?, _ len: UInt,
    _ sampleRate: UInt32
) -> UnsafeMutablePointer<CChar>? {
    callForText {
        let session = try session(stream, of: engine)
        let bytes = try arrayArgument(pcm16Bytes, count: Int(clamping: len), ofSize: 1, "pcm16_bytes")
        return try session.append(bytes, try format(sampleRate)).json
    }
}

/// Takes float samples.
@_cdecl("gigastt_stream_process_samples")
public func gigasttStreamProcessSamples(
    _ stream: OpaquePointer?, _ samples: UnsafePointer<Float>?, _ count: Int, _ sampleRate: UInt32
) -> UnsafeMutablePointer<CChar>? {
    callForText {
        let session = try Handles.streams.value(stream)
        let bytes = try arrayArgument(samples, count: count, ofSize: MemoryLayout<Float>.size, "samples")
        return try session.append(bytes, try format(sampleRate).withFloats).json
    }
}

/// Ends the utterance.
@_cdecl("gigastt_stream_flush")
public func gigasttStreamFlush(_ engine: OpaquePointer?, _ stream: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
    callForText { try session(stream, of: engine).flush().json }
}

/// Ends the audio.
@_cdecl("gigastt_stream_finish")
public func gigasttStreamFinish(_ stream: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
    callForText { try Handles.streams.value(stream).finish().json }
}

/// Ends a stream.
@_cdecl("gigastt_stream_free")
public func gigasttStreamFree(_ stream: OpaquePointer?) { Handles.streams.remove(stream)?.close() }

/// 16-bit samples. Programs have any rate, which the protocols of the server do not.
private func format(_ sampleRate: UInt32) throws -> PCMFormat {
    guard let encoding = try? HeaderlessEncoding(codec: .slin, sampleRate: Int(sampleRate)) else {
        throw CallFailure.invalid("sample_rate is not 8000 to 192000 Hz.")
    }
    return try .headerless(encoding)
}

private func session(_ stream: OpaquePointer?, of engine: OpaquePointer?) throws(CallFailure) -> StreamSession {
    let (session, engine) = (try Handles.streams.value(stream), try Handles.engines.value(engine))
    guard session.engine === engine else { throw .invalid("The stream belongs to another engine. Give that one.") }
    return session
}
