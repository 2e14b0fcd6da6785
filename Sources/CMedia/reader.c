#include "reader.h"

#ifdef MEDIA_HAS_FFMPEG

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "allowed.h"
#include "mixdown.h"

static double seconds(int64_t count, AVRational unit) {
    if (count == AV_NOPTS_VALUE || unit.num <= 0 || unit.den <= 0) return NAN;
    return (double)count * unit.num / unit.den;
}

static int is_audio(const AVStream *stream) { return stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO; }

// A picture beside the audio, but not the cover of an album.
static int is_video(const AVStream *stream) {
    return stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
           !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC);
}

static const char *language(const media_reader *reader, const AVStream *stream) {
    const AVDictionaryEntry *entry = reader->av->av_dict_get(stream->metadata, "language", NULL, 0);
    return entry && entry->value ? entry->value : "";
}

// ISO 639-2 and 639-1 with any region: "rus", "ru", "ru-RU".
static int is_russian(const char *tag) {
    const int is_ru = (tag[0] | 32) == 'r' && (tag[1] | 32) == 'u';
    return is_ru && (tag[2] == 0 || tag[2] == '-' || ((tag[2] | 32) == 's' && tag[3] == 0));
}

static const AVCodec *allowed_decoder(const media_reader *reader, const AVStream *stream) {
    const AVCodec *found = reader->av->avcodec_find_decoder(stream->codecpar->codec_id);
    return found && is_allowed_decoder(found->name) ? found : NULL;
}

// Russian before default before the rest; the first of equals.
static media_result choose_stream(media_reader *reader, int track, media_properties *properties,
                                  const AVCodec **decoder) {
    const AVFormatContext *format = reader->format;
    int best = -1;
    reader->stream = -1;
    for (unsigned i = 0; i < format->nb_streams; i++) {
        const AVStream *stream = format->streams[i];
        if (!is_audio(stream)) continue;
        const int number = ++properties->track_count;
        if (track > 0 && number != track) continue;
        if (!properties->codec[0])
            snprintf(properties->codec, sizeof properties->codec, "%s",
                     reader->av->avcodec_get_name(stream->codecpar->codec_id));
        const AVCodec *found = allowed_decoder(reader, stream);
        const int rank = (is_russian(language(reader, stream)) ? 2 : 0) +
                         (stream->disposition & AV_DISPOSITION_DEFAULT ? 1 : 0);
        if (!found || rank <= best) continue;
        best = rank;
        reader->stream = (int)i;
        properties->track = number;
        *decoder = found;
    }
    if (reader->stream >= 0) return MEDIA_OK;
    if (properties->track_count == 0) return MEDIA_NO_AUDIO;
    return track > properties->track_count ? MEDIA_NO_SUCH_TRACK : MEDIA_UNSUPPORTED_CODEC;
}

// The recording begins with the first of its tracks, video included, so the time stamp of the first video packet is
// needed. The codec is replaced by one without parser and decoder, so that no code for video runs. Only MPEG-TS, MPEG-PS
// and FLV announce tracks later than here: their video reaches FFmpeg's parsers, but no decoder.
static void prepare_streams(media_reader *reader) {
    for (unsigned i = 0; i < reader->format->nb_streams; i++) {
        AVStream *stream = reader->format->streams[i];
        const enum AVMediaType type = stream->codecpar->codec_type;
        if (is_video(stream)) {
            stream->codecpar->codec_id = AV_CODEC_ID_WRAPPED_AVFRAME;
            stream->codecpar->width = stream->codecpar->height = 16;
        } else if (type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_SUBTITLE || type == AVMEDIA_TYPE_ATTACHMENT) {
            // What is left may be audio whose kind only its packets show.
            stream->discard = AVDISCARD_ALL;
        }
    }
}

// The recording begins where the first of its tracks does. Packets of the others are dropped by the demuxer itself.
static void discard_others(media_reader *reader) {
    reader->start = NAN;
    for (unsigned i = 0; i < reader->format->nb_streams; i++) {
        AVStream *stream = reader->format->streams[i];
        if ((int)i != reader->stream) stream->discard = AVDISCARD_ALL;
        if (!is_audio(stream) && !is_video(stream)) continue;
        const double start = seconds(stream->start_time, stream->time_base);
        if (!(reader->start <= start)) reader->start = isnan(start) ? reader->start : start;
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
    av->av_dict_set(&options, "fpsprobesize", "0", 0);
    // On failure FFmpeg frees the context and clears our pointer, but leaves the AVIOContext to us.
    const int opened = av->avformat_open_input(&reader->format, NULL, demuxer, &options);
    av->av_dict_free(&options);
    if (opened < 0) return MEDIA_DAMAGED;
    prepare_streams(reader);
    if (av->avformat_find_stream_info(reader->format, NULL) < 0) return MEDIA_DAMAGED;
    return MEDIA_OK;
}

static media_result check_format(int sample_rate, int channel_count) {
    if (sample_rate == 0 || channel_count < 1) return MEDIA_NO_PARAMETERS;
    if (sample_rate < MIN_RATE || sample_rate > MAX_RATE) return MEDIA_UNSUPPORTED_RATE;
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
    const double own = seconds(stream->duration, stream->time_base);
    const double delay = seconds(stream->start_time, stream->time_base) - reader->start;
    if (!isnan(own)) return delay > 0 ? own + delay : own;
    const double whole = seconds(format->duration, (AVRational){1, AV_TIME_BASE});
    return isnan(whole) ? -1 : whole;
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
    reader->start = reader->packet_end = reader->damage_end = NAN;
    return reader;
}

static media_result hand_over(media_reader *created, media_result result, media_properties *properties,
                              media_reader **reader) {
    if (created->codec) describe(created, properties);
    if (result == MEDIA_OK) *reader = created;
    else media_reader_close(created);
    return result;
}

media_result media_reader_open(const media_source *source, int track, media_properties *properties,
                               media_reader **reader) {
    media_reader *created = create(source);
    if (!created) return MEDIA_LIBRARY_MISSING;
    const AVCodec *decoder = NULL;
    media_result result = open_container(created);
    if (result == MEDIA_OK) result = choose_stream(created, track, properties, &decoder);
    if (result == MEDIA_OK) {
        discard_others(created);
        result = open_decoder(created, decoder);
    }
    return hand_over(created, result, properties, reader);
}

media_result media_reader_open_raw(const media_source *source, media_raw_codec codec, media_properties *properties,
                                   media_reader **reader) {
    media_reader *created = create(source);
    if (!created) return MEDIA_LIBRARY_MISSING;
    const int is_gsm = codec == MEDIA_RAW_GSM;
    // A GSM frame has 33 octets; any number of whole ones makes a packet.
    created->raw_packet_size = is_gsm ? 33 * 120 : 4096;
    const AVCodec *decoder = created->av->avcodec_find_decoder(is_gsm ? AV_CODEC_ID_GSM : AV_CODEC_ID_ADPCM_G722);
    media_result result = decoder ? open_decoder(created, decoder) : MEDIA_UNSUPPORTED_CODEC;
    if (result == MEDIA_OK) created->codec->sample_rate = is_gsm ? 8000 : 16000;
    return hand_over(created, result, properties, reader);
}

int media_reader_track(const media_reader *reader, int number, media_track *track) {
    for (unsigned i = 0; reader->format && i < reader->format->nb_streams; i++) {
        const AVStream *stream = reader->format->streams[i];
        if (!is_audio(stream) || --number != 0) continue;
        snprintf(track->codec, sizeof track->codec, "%s", reader->av->avcodec_get_name(stream->codecpar->codec_id));
        snprintf(track->language, sizeof track->language, "%s", language(reader, stream));
        return 1;
    }
    return 0;
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

media_result media_reader_open(const media_source *source, int track, media_properties *properties,
                               media_reader **reader) {
    (void)source, (void)track, (void)properties, (void)reader;
    return MEDIA_LIBRARY_MISSING;
}
media_result media_reader_open_raw(const media_source *source, media_raw_codec codec, media_properties *properties,
                                   media_reader **reader) {
    (void)source, (void)codec, (void)properties, (void)reader;
    return MEDIA_LIBRARY_MISSING;
}
int media_reader_track(const media_reader *reader, int number, media_track *track) {
    (void)reader, (void)number, (void)track;
    return 0;
}
int media_reader_skipped(const media_reader *reader) { (void)reader; return 0; }
void media_reader_close(media_reader *reader) { (void)reader; }

#endif
