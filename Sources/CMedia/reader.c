#include "reader.h"

#ifdef MEDIA_HAS_FFMPEG

#include <stdio.h>
#include <stdlib.h>

#include "allowed.h"
#include "mixdown.h"

// A demuxer may jump back for an index, but one that reads a file this many times over is running in circles.
enum { READS_OF_EACH_BYTE = 16, SPARE_BYTES = 64 << 20 };

// The stream that the container marks as default, else the first whose decoder may run.
static media_result choose_stream(media_reader *reader, const AVCodec **decoder) {
    const AVFormatContext *format = reader->format;
    int has_audio = 0;
    reader->stream = -1;
    for (unsigned i = 0; i < format->nb_streams; i++) {
        const AVStream *stream = format->streams[i];
        if (stream->codecpar->codec_type != AVMEDIA_TYPE_AUDIO) continue;
        has_audio = 1;
        const AVCodec *found = reader->av->avcodec_find_decoder(stream->codecpar->codec_id);
        if (!found || !is_allowed_decoder(found->name)) continue;
        const int is_default = (stream->disposition & AV_DISPOSITION_DEFAULT) != 0;
        if (reader->stream >= 0 && !is_default) continue;
        reader->stream = (int)i;
        *decoder = found;
        if (is_default) break;
    }
    if (reader->stream >= 0) return MEDIA_OK;
    return has_audio ? MEDIA_UNSUPPORTED_CODEC : MEDIA_NO_AUDIO;
}

// Packets of pictures, subtitles and other tracks are dropped by the demuxer itself.
static void discard_others(media_reader *reader, int only_other_kinds) {
    for (unsigned i = 0; i < reader->format->nb_streams; i++) {
        AVStream *stream = reader->format->streams[i];
        const int is_wanted = only_other_kinds ? stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO
                                               : (int)i == reader->stream;
        if (!is_wanted) stream->discard = AVDISCARD_ALL;
    }
}

static media_result open_container(media_reader *reader) {
    const ffmpeg *av = reader->av;
    media_result result = open_io(reader);
    if (result != MEDIA_OK) return result;

    const AVInputFormat *demuxer = NULL;
    if (av->av_probe_input_buffer2(reader->io, &demuxer, "", NULL, 0, 0) < 0 || !demuxer ||
        !is_allowed_demuxer(demuxer->name))
        return MEDIA_UNSUPPORTED_FORMAT;

    AVDictionary *options = NULL;
    av->av_dict_set(&options, "codec_whitelist", ALLOWED_DECODERS, 0);
    av->av_dict_set(&options, "protocol_whitelist", "none", 0);
    av->av_dict_set(&options, "max_streams", "64", 0);
    av->av_dict_set(&options, "probesize", "4194304", 0);
    av->av_dict_set(&options, "analyzeduration", "5000000", 0);
    // On failure FFmpeg frees the context and clears our pointer, but leaves the AVIOContext to us.
    const int opened = av->avformat_open_input(&reader->format, NULL, demuxer, &options);
    av->av_dict_free(&options);
    if (opened < 0) return MEDIA_DAMAGED;
    discard_others(reader, 1);
    if (av->avformat_find_stream_info(reader->format, NULL) < 0) return MEDIA_DAMAGED;
    return MEDIA_OK;
}

static media_result check_format(int sample_rate, int channel_count) {
    if (sample_rate == 0 || channel_count < 1) return MEDIA_NO_PARAMETERS;
    if (sample_rate < 1 || sample_rate > MAX_RATE) return MEDIA_UNSUPPORTED_RATE;
    return channel_count > MAX_CHANNELS ? MEDIA_TOO_MANY_CHANNELS : MEDIA_OK;
}

static media_result open_decoder(media_reader *reader, const AVCodec *decoder) {
    const ffmpeg *av = reader->av;
    if (!(reader->codec = av->avcodec_alloc_context3(decoder))) return MEDIA_NO_MEMORY;
    if (reader->format) {
        const AVStream *stream = reader->format->streams[reader->stream];
        if (av->avcodec_parameters_to_context(reader->codec, stream->codecpar) < 0) return MEDIA_NO_PARAMETERS;
        // Encoder delay and padding are cut by the decoder, which needs to know what a time stamp means.
        reader->codec->pkt_timebase = stream->time_base;
        const AVCodecParameters *parameters = stream->codecpar;
        const media_result checked = check_format(parameters->sample_rate, parameters->ch_layout.nb_channels);
        if (checked != MEDIA_OK) return checked;
    }
    reader->codec->thread_count = 1;
    reader->codec->max_samples = 1 << 20;
    if (av->avcodec_open2(reader->codec, decoder, NULL) < 0) return MEDIA_NO_PARAMETERS;
    reader->packet = av->av_packet_alloc();
    reader->frame = av->av_frame_alloc();
    reader->ahead = av->av_frame_alloc();
    return reader->packet && reader->frame && reader->ahead ? MEDIA_OK : MEDIA_NO_MEMORY;
}

static double stated_duration(const media_reader *reader) {
    const AVFormatContext *format = reader->format;
    // A guess from the bit rate is worth less than the honest answer "unknown".
    if (!format || format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) return -1;
    const AVStream *stream = format->streams[reader->stream];
    if (stream->duration != AV_NOPTS_VALUE && stream->time_base.den > 0)
        return (double)stream->duration * stream->time_base.num / stream->time_base.den;
    return format->duration == AV_NOPTS_VALUE ? -1 : (double)format->duration / AV_TIME_BASE;
}

static void describe(const media_reader *reader, media_properties *properties) {
    const char *container = reader->format ? reader->format->iformat->name : "";
    snprintf(properties->container, sizeof properties->container, "%s", container);
    snprintf(properties->codec, sizeof properties->codec, "%s",
             reader->av->avcodec_get_name(reader->codec->codec_id));
    properties->sample_rate = reader->codec->sample_rate;
    properties->channel_count = reader->codec->ch_layout.nb_channels;
    properties->duration = stated_duration(reader);
}

static media_reader *create(const media_source *source) {
    const ffmpeg *av = ffmpeg_load();
    media_reader *reader = av ? calloc(1, sizeof *reader) : NULL;
    if (!reader) return NULL;
    reader->av = av;
    reader->source = *source;
    reader->bytes_left = INT64_MAX;
    if (source->byte_count >= 0 && source->byte_count < (INT64_MAX - SPARE_BYTES) / READS_OF_EACH_BYTE)
        reader->bytes_left = source->byte_count * READS_OF_EACH_BYTE + SPARE_BYTES;
    return reader;
}

static media_result hand_over(media_reader *created, media_result result, media_properties *properties,
                              media_reader **reader) {
    if (created->codec) describe(created, properties);
    if (result == MEDIA_OK) *reader = created;
    else media_reader_close(created);
    return result;
}

media_result media_reader_open(const media_source *source, media_properties *properties, media_reader **reader) {
    media_reader *created = create(source);
    if (!created) return MEDIA_LIBRARY_MISSING;
    const AVCodec *decoder = NULL;
    media_result result = open_container(created);
    if (result == MEDIA_OK) result = choose_stream(created, &decoder);
    if (result == MEDIA_OK) {
        discard_others(created, 0);
        result = open_decoder(created, decoder);
    }
    return hand_over(created, result, properties, reader);
}

media_result media_reader_open_g722(const media_source *source, media_properties *properties, media_reader **reader) {
    media_reader *created = create(source);
    if (!created) return MEDIA_LIBRARY_MISSING;
    const AVCodec *decoder = created->av->avcodec_find_decoder(AV_CODEC_ID_ADPCM_G722);
    media_result result = decoder ? open_decoder(created, decoder) : MEDIA_UNSUPPORTED_CODEC;
    if (result == MEDIA_OK) created->codec->sample_rate = 16000;
    return hand_over(created, result, properties, reader);
}

int media_reader_skipped(const media_reader *reader) { return reader->skipped; }

void media_reader_close(media_reader *reader) {
    if (!reader) return;
    const ffmpeg *av = reader->av;
    if (reader->frame) av->av_frame_free(&reader->frame);
    if (reader->ahead) av->av_frame_free(&reader->ahead);
    if (reader->packet) av->av_packet_free(&reader->packet);
    if (reader->codec) av->avcodec_free_context(&reader->codec);
    if (reader->format) av->avformat_close_input(&reader->format);
    if (reader->io) {
        av->av_freep(&reader->io->buffer);  // FFmpeg may have put another in its place
        av->avio_context_free(&reader->io);
    }
    free(reader);
}

#else

media_result media_reader_open(const media_source *source, media_properties *properties, media_reader **reader) {
    (void)source, (void)properties, (void)reader;
    return MEDIA_LIBRARY_MISSING;
}
media_result media_reader_open_g722(const media_source *source, media_properties *properties, media_reader **reader) {
    (void)source, (void)properties, (void)reader;
    return MEDIA_LIBRARY_MISSING;
}
int media_reader_skipped(const media_reader *reader) { (void)reader; return 0; }
void media_reader_close(media_reader *reader) { (void)reader; }

#endif
