// What a reader consists of; shared by the files that open it, feed it and decode.
#ifndef C_MEDIA_READER_H
#define C_MEDIA_READER_H

#include "ffmpeg.h"
#include "include/CMedia.h"

#ifdef MEDIA_HAS_FFMPEG

enum { MIN_RATE = 1000, MAX_RATE = 192000 };

struct media_reader {
    const ffmpeg *av;
    media_source source;
    int64_t offset;       // where the next byte is read
    int64_t bytes_read;   // in all, also those read again
    int64_t farthest;     // the end of what was read

    AVIOContext *io;          // both NULL when the packets are cut from bare octets
    AVFormatContext *format;
    int stream;
    int raw_packet_size;      // octets of a packet without a container
    double start;             // time stamp, in seconds, at which the recording begins; NaN until it is known

    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame, *ahead;           // being handed out, and decoded after it
    int frame_position, frame_count;  // samples of `frame` handed out, and in it
    double packet_end;                // time stamp at which the last packet ends, in seconds; NaN when unknown
    double damage_end;                // the same of the damaged packets since the last good frame
    int has_ahead, has_begun;

    int skipped;            // damaged packets so far
    int failures_in_a_row;  // damaged packets since the last good frame
    int packets_in_a_row;   // packets of any kind since the last good frame
    int has_output, has_failed, is_draining, is_finished;
};

/// Creates FFmpeg's view of `reader->source`.
media_result open_io(media_reader *reader);
/// Reads on from the reader's offset; 0 at the end, < 0 when the source gave up.
int read_source(media_reader *reader, uint8_t *bytes, int count);

#endif
#endif
