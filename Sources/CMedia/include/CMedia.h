// A narrow C interface to FFmpeg: compressed bytes in, Float32 planes at the recording's own rate and times out.
//
// FFmpeg is opened at run time, when the first reader is. One handle, used by one thread at a time. Opening FFmpeg sets
// two values of the whole process, for which it has no finer scope: its log is off, and one allocation is at most
// 128 MB. No paths, no network, no playlists: a reader sees only what its callback returns.
#ifndef C_MEDIA_H
#define C_MEDIA_H

#include <stdint.h>

typedef struct media_reader media_reader;

typedef enum media_result {
    MEDIA_OK = 0,
    MEDIA_LIBRARY_MISSING = -1,      ///< FFmpeg is not installed, too old, or its headers were absent at build time
    MEDIA_UNSUPPORTED_FORMAT = -2,   ///< no container on the allow-list recognises the bytes
    MEDIA_NO_AUDIO = -3,             ///< a known container without an audio stream
    MEDIA_NO_PARAMETERS = -4,        ///< an audio stream whose header lacks what a decoder needs
    MEDIA_UNSUPPORTED_CODEC = -5,    ///< no audio stream has a codec on the allow-list
    MEDIA_UNSUPPORTED_RATE = -6,     ///< sample rate outside 1…192 000; `sample_rate` of the properties holds it
    MEDIA_TOO_MANY_CHANNELS = -7,    ///< more than 64 channels
    MEDIA_DAMAGED = -8,              ///< the header could not be read, or nothing in the stream could be decoded
    MEDIA_NO_MEMORY = -9,
    MEDIA_NO_SUCH_TRACK = -10,       ///< fewer audio tracks than asked for; `track_count` of the properties holds them
} media_result;

/// Copies up to `count` bytes found at `offset` to `bytes`; returns how many, 0 at the end, < 0 to give up.
typedef int (*media_read)(void *context, int64_t offset, uint8_t *bytes, int count);

typedef struct media_source {
    media_read read;
    void *context;
    int64_t byte_count;  ///< -1 when unknown
    int seekable;        ///< 0: offsets only grow, without gaps; may be 1 where the number of bytes is unknown
} media_source;

typedef struct media_properties {
    char container[48];
    char codec[32];  ///< also set with MEDIA_UNSUPPORTED_CODEC
    int sample_rate;
    int channel_count;
    double duration;  ///< seconds from the recording's start to the track's end, as stated; < 0 when unknown
    int track, track_count;  ///< the audio track that is read, from 1, and how many there are; 0 without a container
} media_properties;

typedef struct media_track {
    char codec[32];
    char language[16];  ///< as the container tags it; empty when it does not
} media_track;

typedef struct media_block {
    int sample_rate;
    int channel_count;  ///< planes that were written
    double time;        ///< seconds from the recording's start to the first sample, as stated; NaN where nothing states it
} media_block;

/// Opens a container. `*reader` is set on MEDIA_OK only; `source->context` must outlive it.
///
/// `track` is the number of the audio track that is read, from 1. 0 chooses: the Russian one by its language tag, else
/// the default, else the first whose codec is allowed.
media_result media_reader_open(const media_source *source, int track, media_properties *properties,
                               media_reader **reader);

typedef enum media_raw_codec { MEDIA_RAW_G722, MEDIA_RAW_GSM } media_raw_codec;

/// Opens a stream of bare packets without a container: G.722 (64 kbit/s, mono, 16 kHz) or GSM 06.10 (mono, 8 kHz).
media_result media_reader_open_raw(const media_source *source, media_raw_codec codec, media_properties *properties,
                                   media_reader **reader);

/// Describes the audio track with a number from 1; 0 when there is none.
int media_reader_track(const media_reader *reader, int number, media_track *track);

/// Writes samples (−1…1, finite) that follow one another: plane after plane, each as long as the returned count, all
/// channels or one of them; at most `capacity` values in all. Where the recording has no such channel for a while, the
/// mean of all is written. 0 at the end, where `block->time` is the end of damaged packets that follow the last sample;
/// else a `media_result`. Rate and number of channels may differ from call to call.
///
/// `capacity` must be 64 at least. `channel` is negative for all channels.
int media_reader_read(media_reader *reader, int channel, float *samples, int capacity, media_block *block);

/// Damaged packets left out so far.
int media_reader_skipped(const media_reader *reader);

void media_reader_close(media_reader *reader);

/// Major version of libavformat this was compiled for; 0 when it was compiled without FFmpeg.
int media_library_version(void);

typedef struct media_library_versions {
    unsigned format, codec, utility;  ///< as FFmpeg states them: major << 16 | minor << 8 | micro
} media_library_versions;

/// The versions of the libraries in use, which are opened if they were not; 0 where recordings cannot be read with FFmpeg.
int media_library_open(media_library_versions *versions);

/// Sum of products of `count` values (a multiple of 32), added in the same order on every processor.
float media_dot(const float *first, const float *second, int count);

#endif
