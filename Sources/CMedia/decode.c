#include "reader.h"

#ifdef MEDIA_HAS_FFMPEG

#include <math.h>
#include <string.h>

#include "mixdown.h"

enum {
    LARGEST_PACKET = 16 << 20,
    // More damage than this in a row and there is nothing worth waiting for.
    MAX_FAILURES_IN_A_ROW = 1000,
    // Packets before an edit list's start are decoded and dropped without being damaged: allow more than an hour.
    MAX_PACKETS_IN_A_ROW = 250000,
};

static void note_failure(media_reader *reader) {
    reader->has_failed = 1;
    reader->skipped++;
    reader->damage_end = reader->packet_end;
    if (++reader->failures_in_a_row > MAX_FAILURES_IN_A_ROW) reader->is_finished = 1;
}

// Cuts the next packet from a stream of bare octets; the last one may be shorter.
static int read_octets(media_reader *reader) {
    const int size = reader->raw_packet_size;
    const int result = reader->av->av_new_packet(reader->packet, size);
    if (result < 0) return result;
    int filled = 0, read = 0;
    while (filled < size && (read = read_source(reader, reader->packet->data + filled, size - filled)) > 0)
        filled += read;
    if (filled > 0) reader->av->av_shrink_packet(reader->packet, filled);
    else reader->av->av_packet_unref(reader->packet);
    return filled > 0 ? 0 : AVERROR_EOF;
}

static double in_seconds(const media_reader *reader, int64_t count) {
    const AVRational unit = reader->codec->pkt_timebase;
    if (count == AV_NOPTS_VALUE || unit.num <= 0 || unit.den <= 0) return NAN;
    return (double)count * unit.num / unit.den;
}

// Damaged packets keep their place even where no good one follows, so their end is noted.
static void note_packet(media_reader *reader) {
    const AVPacket *packet = reader->packet;
    reader->packet_end = in_seconds(reader, packet->pts) + in_seconds(reader, packet->duration);
}

// Gives the decoder one packet, or tells it that there are no more.
static void feed(media_reader *reader) {
    const ffmpeg *av = reader->av;
    if (++reader->packets_in_a_row > MAX_PACKETS_IN_A_ROW) {
        reader->is_finished = reader->has_failed = 1;
        return;
    }
    const int result = reader->format ? av->av_read_frame(reader->format, reader->packet) : read_octets(reader);
    if (result == AVERROR(EAGAIN)) return;
    if (result < 0) {
        // Cut short or damaged: what has been decoded until here is still good.
        if (result != AVERROR_EOF) reader->has_failed = 1;
        if (reader->is_draining || av->avcodec_send_packet(reader->codec, NULL) < 0) reader->is_finished = 1;
        reader->is_draining = 1;
        return;
    }
    if (!reader->format || reader->packet->stream_index == reader->stream) {
        note_packet(reader);
        if (reader->packet->size > LARGEST_PACKET || av->avcodec_send_packet(reader->codec, reader->packet) < 0)
            note_failure(reader);
    }
    av->av_packet_unref(reader->packet);
}

static int is_usable(const AVFrame *frame) {
    return frame->nb_samples > 0 && frame->sample_rate >= MIN_RATE && frame->sample_rate <= MAX_RATE &&
           frame->ch_layout.nb_channels >= 1 && frame->ch_layout.nb_channels <= MAX_CHANNELS;
}

// Decodes on until `frame` is filled; 0 at the end.
static int decode(media_reader *reader, AVFrame *frame) {
    while (!reader->is_finished) {
        const int result = reader->av->avcodec_receive_frame(reader->codec, frame);
        if (result == AVERROR(EAGAIN)) {
            feed(reader);
        } else if (result == AVERROR_EOF) {
            reader->is_finished = 1;
        } else if (result < 0) {
            note_failure(reader);
        } else if (frame->nb_samples > 0) {
            if (!reader->format) frame->sample_rate = reader->codec->sample_rate;
            if (is_usable(frame)) {
                reader->failures_in_a_row = reader->packets_in_a_row = 0;
                reader->damage_end = NAN;
                return 1;
            }
            note_failure(reader);
        }
    }
    return 0;
}

// MP4 states how long the last frame really is; FFmpeg passes that on but does not cut the frame.
// Durations of 0 and 1 are what careless writers put there.
static int true_count(const media_reader *reader, const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    const int64_t duration = frame->duration;
#else
    const int64_t duration = frame->pkt_duration;
#endif
    const AVRational unit = reader->codec->pkt_timebase;
    if (!reader->format || strncmp(reader->format->iformat->name, "mov,", 4) != 0) return frame->nb_samples;
    if (duration <= 1 || duration > INT32_MAX || unit.num <= 0 || unit.den <= 0) return frame->nb_samples;
    const int64_t count = duration * unit.num * frame->sample_rate / unit.den;
    return count > 0 && count < frame->nb_samples ? (int)count : frame->nb_samples;
}

// Makes the next frame the current one; 0 at the end. One frame is decoded ahead to know the last one.
static int advance(media_reader *reader) {
    if (!reader->has_begun) reader->has_ahead = decode(reader, reader->ahead);
    reader->has_begun = 1;
    if (!reader->has_ahead) return 0;
    AVFrame *frame = reader->ahead;
    reader->ahead = reader->frame;
    reader->frame = frame;
    reader->has_ahead = decode(reader, reader->ahead);
    reader->frame_position = 0;
    reader->frame_count = reader->has_ahead ? frame->nb_samples : true_count(reader, frame);
    return 1;
}

// The recording begins with this frame, or with another track that begins earlier.
static double frame_time(media_reader *reader) {
    const double stamp = in_seconds(reader, reader->frame->pts);
    if (!reader->has_output && !(reader->start <= stamp)) reader->start = stamp;
    return stamp - reader->start;
}

int media_reader_read(media_reader *reader, int channel, float *samples, int capacity, media_block *block) {
    block->time = NAN;
    if (reader->frame_position >= reader->frame_count) {
        if (!advance(reader)) {
            block->time = reader->damage_end - reader->start;
            return reader->has_output || !reader->has_failed ? 0 : MEDIA_DAMAGED;
        }
        block->time = frame_time(reader);
    }
    const int channels = reader->frame->ch_layout.nb_channels;
    block->channel_count = channel < 0 ? channels : 1;
    block->sample_rate = reader->frame->sample_rate;
    int count = reader->frame_count - reader->frame_position;
    if (count > capacity / block->channel_count) count = capacity / block->channel_count;
    for (int plane = 0; plane < block->channel_count; plane++) {
        const int chosen = channel < 0 ? plane : channel;
        if (!mixdown(reader->frame, chosen, reader->frame_position, count, samples + (int64_t)plane * count))
            return MEDIA_DAMAGED;
    }
    reader->frame_position += count;
    reader->has_output = 1;
    return count;
}

#else

int media_reader_read(media_reader *reader, int channel, float *samples, int capacity, media_block *block) {
    (void)reader, (void)channel, (void)samples, (void)capacity, (void)block;
    return MEDIA_LIBRARY_MISSING;
}

#endif
