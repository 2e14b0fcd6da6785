/*
 * libgigastt: Russian speech to text on this machine. Recordings, samples and live streams.
 *
 * Ownership. Every handle has one function that frees it: gigastt_engine_free() and gigastt_stream_free(). Every `char *` that
 * a function returns belongs to the caller, who frees it with gigastt_string_free(). Every `const char *` belongs to the
 * library. Arguments are copied: they may be freed as soon as the call returns. Freeing NULL does nothing.
 *
 * Errors. A function that fails returns NULL or an error code, never ends the process, and leaves the code and a text for
 * the calling thread: gigastt_last_error_code(), gigastt_last_error_message(). NULL, a freed handle and a handle of the
 * other kind are errors, too: a handle is a number that is looked up, and no memory is read through it.
 *
 * Threads. Every function may be called from any thread, also at once with the same handle; calls with one stream take
 * turns. A call blocks its thread until it is done. The model runs on threads of the engine.
 *
 * Text is UTF-8. JSON is RFC 8259, in one line. Options are a JSON object or NULL for none; an unknown member is an error.
 *
 * The library starts threads, installs no signal handlers, prints nothing and opens no connection. It cannot be used in a
 * child process after fork() without exec(), and stays in memory after dlclose().
 */
#ifndef GIGASTT_H
#define GIGASTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A loaded model and the threads that run it. One engine serves any number of recordings and streams. */
typedef struct gigastt_engine gigastt_engine;

/** One live stream. At rest it takes some 35 KB, so an engine may have thousands. */
typedef struct gigastt_stream gigastt_stream;

/** What can go wrong. Later versions may add codes. */
enum {
    GIGASTT_OK = 0,
    /** An argument is NULL, no valid UTF-8 or out of range, a handle was freed, or options have an unknown member. */
    GIGASTT_ERROR_INVALID_ARGUMENT = 1,
    /** The folder has no model, or a file of it is missing. */
    GIGASTT_ERROR_MODEL_MISSING = 2,
    /** A model file cannot be read, is truncated, or belongs to another model. */
    GIGASTT_ERROR_MODEL_DAMAGED = 3,
    /** The model is of a kind that this version does not run. */
    GIGASTT_ERROR_MODEL_UNSUPPORTED = 4,
    /** The ONNX Runtime library was not found: keep it beside libgigastt, or set ONNXRUNTIME_LIB to its file. */
    GIGASTT_ERROR_RUNTIME_MISSING = 5,
    /** The ONNX Runtime library does not run on the hardware that was asked for. */
    GIGASTT_ERROR_PROVIDER_MISSING = 6,
    /** A file could not be written. */
    GIGASTT_ERROR_NOT_WRITABLE = 7,
    /** The recording cannot be read or decoded, or has no sound. */
    GIGASTT_ERROR_AUDIO_UNREADABLE = 8,
    /** The recording is longer than `max_seconds`. */
    GIGASTT_ERROR_AUDIO_TOO_LONG = 9,
    /** More work waits than the engine admits. Try again in some seconds. */
    GIGASTT_ERROR_OVERLOADED = 10,
    /** The work took longer than allowed. */
    GIGASTT_ERROR_TIMED_OUT = 11,
    /** The engine was freed while the call ran. */
    GIGASTT_ERROR_SHUT_DOWN = 12,
    /** The stream was freed while the call ran. */
    GIGASTT_ERROR_CANCELLED = 13,
    /** The model failed on this audio. */
    GIGASTT_ERROR_INFERENCE = 14,
    /** Something that this library does not expect; the message has more. */
    GIGASTT_ERROR_INTERNAL = 15
};

/** The code of the last call of this thread with a result: GIGASTT_OK when it succeeded. */
int32_t gigastt_last_error_code(void);

/**
 * What happened and what to do next, in English, without paths: may be shown to anybody. Empty after success. Valid until the
 * next call of this thread.
 */
const char *gigastt_last_error_message(void);

/** Paths and messages of libraries, for the operator. Mostly empty. Valid until the next call of this thread. */
const char *gigastt_last_error_detail(void);

/** The name of a code, such as `model_missing`; `unknown` for a number that is no code. */
const char *gigastt_error_name(int32_t code);

/* ---------------------------------------------------------------- engine */

/**
 * Loads the model in a folder, such as ~/.gigastt/models, where `gigastt download` puts it. One worker a core.
 *
 * Takes some hundred milliseconds. Returns NULL on failure.
 */
gigastt_engine *gigastt_engine_new(const char *model_dir);

/** As gigastt_engine_new() with 1 to 256 workers, each of which decodes one window of audio at a time. They share the model. */
gigastt_engine *gigastt_engine_new_with_pool_size(const char *model_dir, uintptr_t pool_size);

/**
 * As gigastt_engine_new() with options:
 *
 *   "workers"               1…256; one a core
 *   "threads_per_worker"    1…256; 1
 *   "head"                  "rnnt", "e2e_rnnt", …; the head that the folder has
 *   "punctuation_model"     folder of a punctuation model; none
 *   "voice_activity_model"  file of a Silero model; speech is found by its energy. One that fails later, on some audio, gives
 *                           way to the energy
 *   "cache"                 folder of prepared encoders; ~/.gigastt/cache
 *   "provider"              "cpu", "cuda" or "coreml"; "cpu"
 *
 * A model that an option names and that is missing or cannot be used is an error.
 */
gigastt_engine *gigastt_engine_new_with_options(const char *model_dir, const char *options);

/**
 * Ends what the engine does and frees it: calls that still run fail with GIGASTT_ERROR_SHUT_DOWN, and so do its streams,
 * which are freed by gigastt_stream_free(). Returns when its threads have ended. Does nothing for a handle that was freed.
 */
void gigastt_engine_free(gigastt_engine *engine);

/**
 * The folder of the demonstration model beside this library: it recognises synthesised voices, and people poorly, for trials and tests.
 *
 * Returns NULL, with GIGASTT_ERROR_MODEL_MISSING, where the library was installed without. Free with gigastt_string_free().
 */
char *gigastt_demo_model(void);

/**
 * Writes an encoder with 8-bit weights beside the float one in a folder, compared with it on made-up speech; the next
 * engine loads it. An encoder that is there already is kept unless `force`.
 *
 * Returns "ok", or the text of the error: never NULL. Free with gigastt_string_free().
 */
char *gigastt_quantize_model(const char *model_dir, bool force);

/* ------------------------------------------------------------ recordings */

/**
 * The text of a recording: WAV, and with FFmpeg's libraries MP3, M4A, OGG, FLAC, WebM and others, of any length. It ends
 * early only when another thread frees the engine.
 *
 * Returns NULL on failure. Free with gigastt_string_free().
 */
char *gigastt_transcribe_file(gigastt_engine *engine, const char *path);

/**
 * As gigastt_transcribe_file() with options:
 *
 *   "format"       "txt", "json", "srt", "vtt", "md", "ass", "csv", "rttm" or "minutes"; "txt"
 *   "punctuation"  whether a punctuation model is used, where one is loaded; true
 *   "itn"          whether numbers are written in digits; true
 *   "hotwords"     array of phrases to prefer; []
 *   "channels"     "mix", or "split" to recognise the two of a stereo recording apart; "mix"
 *   "max_seconds"  longest recording; no limit
 */
char *gigastt_transcribe_file_with_options(gigastt_engine *engine, const char *path, const char *options);

/**
 * The text of samples in memory: one channel, -1…1, at 1 to 192000 Hz; what is not finite counts as 0. Options as for a
 * file, except "channels".
 *
 * Returns NULL on failure. Free with gigastt_string_free().
 */
char *gigastt_transcribe_samples(
    gigastt_engine *engine, const float *samples, size_t count, uint32_t sample_rate, const char *options);

/** Frees a text that this library returned. */
void gigastt_string_free(char *text);

/* ----------------------------------------------------------- live streams */

/**
 * Opens a stream whose segments the functions below return. Takes no worker and no thread.
 *
 * Returns NULL on failure: GIGASTT_ERROR_OVERLOADED when finals are late already.
 */
gigastt_stream *gigastt_stream_new(gigastt_engine *engine);

/** What happens in a stream. Later versions may add kinds. */
enum {
    /** Speech began at `start`. */
    GIGASTT_EVENT_SPEECH_STARTED = 1,
    /** Speech ended at `end`; a final follows. */
    GIGASTT_EVENT_SPEECH_STOPPED = 2,
    /** The text of the open utterance so far; it replaces the one before. */
    GIGASTT_EVENT_PARTIAL = 3,
    /** An utterance whose text does not change any more. */
    GIGASTT_EVENT_FINAL = 4,
    /** The last event: the audio was finished, or `error` ended the stream. */
    GIGASTT_EVENT_END = 5
};

/** An event. It and its texts are valid during the callback only. Later versions may add members at the end. */
typedef struct gigastt_event {
    /** GIGASTT_EVENT_… */
    int32_t kind;
    /** For GIGASTT_EVENT_END: GIGASTT_OK, or why the stream ended. */
    int32_t error;
    /** Seconds from the beginning of the stream. */
    double start, end;
    /** The text of a partial or final, the message of an error, else "". */
    const char *text;
    /** How many bytes of `text`, from its beginning, do not change any more. */
    size_t committed;
    /** A partial or final as gigastt_stream_process_chunk() returns it, else "". */
    const char *json;
} gigastt_event;

/**
 * Called for each event of a stream, in order, one at a time, on a thread that the stream has for it. It may take its time:
 * then the stream takes audio more slowly. It may call this library, except with its own stream, of which it may call
 * gigastt_stream_free() only.
 */
typedef void (*gigastt_event_callback)(const gigastt_event *event, void *context);

/**
 * Opens a stream that calls `callback` with `context` for each event; with NULL for `callback`, as gigastt_stream_new(). The
 * context must live until gigastt_stream_free() has returned. Options:
 *
 *   "partials"     whether there are partials; true
 *   "silence_ms"   silence that ends an utterance, 80…; null: only a flush ends it; 500
 *   "punctuation", "itn", "hotwords"   as for a recording
 */
gigastt_stream *gigastt_stream_new_with_callback(
    gigastt_engine *engine, const char *options, gigastt_event_callback callback, void *context);

/**
 * Takes audio: 16-bit little-endian samples of one channel at 8000 to 192000 Hz, in pieces of any length; half a sample waits
 * for its other half. Blocks while two utterances are not decoded yet: nothing is dropped. `engine` is the
 * one of the stream.
 *
 * Returns a JSON array of the partials and finals since the last call, [] where a callback has them; NULL on failure:
 *
 *   {"text":"…","words":[{"word":"…","start":0.4,"end":0.8,"confidence":0.98}],"is_final":true,"timestamp":1764230400.5,
 *    "start":0.0,"end":2.4,"committed":"…"}
 *
 * `timestamp` is Unix time, other times are seconds of the stream; `committed` is the beginning of the text that does not
 * change. A segment without text takes back the partial before it. Free with gigastt_string_free().
 */
char *gigastt_stream_process_chunk(
    gigastt_engine *engine, gigastt_stream *stream, const uint8_t *pcm16_bytes, uintptr_t len, uint32_t sample_rate);

/** As gigastt_stream_process_chunk() for float samples, -1…1; what is not finite counts as 0. */
char *gigastt_stream_process_samples(
    gigastt_stream *stream, const float *samples, size_t count, uint32_t sample_rate);

/**
 * Ends the utterance here and waits until everything before is decided. The stream takes more audio afterwards.
 *
 * Returns the segments since the last call as gigastt_stream_process_chunk() does; NULL on failure.
 */
char *gigastt_stream_flush(gigastt_engine *engine, gigastt_stream *stream);

/**
 * Ends the audio, and waits for the last segment, or until the callback has returned from GIGASTT_EVENT_END. The stream takes no
 * more audio.
 *
 * Returns the segments since the last call as gigastt_stream_process_chunk() does; NULL on failure.
 */
char *gigastt_stream_finish(gigastt_stream *stream);

/**
 * Ends what the stream does and frees it; audio that was not finished is dropped. No callback runs afterwards: it waits for one
 * that runs, unless it is called from there. Does nothing for a handle that was freed.
 */
void gigastt_stream_free(gigastt_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
