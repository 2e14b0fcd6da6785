// A narrow C interface to FFmpeg: compressed bytes in, mono Float32 at the recording's own rate out.
//
// FFmpeg is opened at run time and only when a reader is. One handle, used by one thread at a time.
// No paths, no network, no playlists: a reader sees nothing but what its callback gives it.
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
} media_result;

/// Copies up to `count` bytes found at `offset` to `bytes`; returns how many, 0 at the end, < 0 to give up.
typedef int (*media_read)(void *context, int64_t offset, uint8_t *bytes, int count);

typedef struct media_source {
    media_read read;
    void *context;
    int64_t byte_count;  ///< -1 when unknown
    int seekable;        ///< 0: offsets only ever grow, without gaps
} media_source;

typedef struct media_properties {
    char container[48];
    char codec[32];
    int sample_rate;
    int channel_count;
    double duration;  ///< seconds, as the container states it; < 0 when unknown
} media_properties;

/// Opens a container. `*reader` is set on MEDIA_OK only; `source->context` must outlive it.
media_result media_reader_open(const media_source *source, media_properties *properties, media_reader **reader);

/// Opens a stream of bare G.722 octets (64 kbit/s, mono, 16 kHz) without a container.
media_result media_reader_open_g722(const media_source *source, media_properties *properties, media_reader **reader);

/// Writes up to `capacity` samples of a channel (−1…1, finite); 0 at the end, else a `media_result`. It is the mean of
/// all channels where `channel` is negative, or where the recording has fewer for a while.
/// `*sample_rate` is the rate of exactly these samples; it may differ from call to call.
int media_reader_read(media_reader *reader, int channel, float *samples, int capacity, int *sample_rate);

/// Damaged packets left out so far.
int media_reader_skipped(const media_reader *reader);

void media_reader_close(media_reader *reader);

/// Major version of libavformat this was compiled for; 0 when it was compiled without FFmpeg.
int media_library_version(void);

/// Sum of products of `count` values (a multiple of 32), added in the same order on every processor.
float media_dot(const float *first, const float *second, int count);

#endif
