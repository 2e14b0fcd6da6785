// The part of FFmpeg that is used, as a table filled at run time.
#ifndef C_MEDIA_FFMPEG_H
#define C_MEDIA_FFMPEG_H

#if defined(__has_include)
#if __has_include(<libavformat/avformat.h>) && __has_include(<libavcodec/avcodec.h>)
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
// Channel layouts as a struct came with FFmpeg 5.1; what is older cannot be read with one source text.
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 28, 100)
#define MEDIA_HAS_FFMPEG 1
#endif
#endif
#endif

#ifdef MEDIA_HAS_FFMPEG

#define FFMPEG_FORMAT_FUNCTIONS(F)                                                                     \
    F(avformat_version) F(avformat_alloc_context) F(avformat_open_input) F(avformat_find_stream_info)  \
    F(avformat_close_input) F(av_read_frame) F(avio_alloc_context) F(avio_context_free)                \
    F(av_probe_input_buffer2)

#define FFMPEG_CODEC_FUNCTIONS(F)                                                                      \
    F(avcodec_version) F(avcodec_find_decoder) F(avcodec_alloc_context3) F(avcodec_free_context)       \
    F(avcodec_parameters_to_context) F(avcodec_open2) F(avcodec_send_packet) F(avcodec_receive_frame)  \
    F(avcodec_get_name) F(av_packet_alloc) F(av_packet_free) F(av_packet_unref) F(av_new_packet)       \
    F(av_shrink_packet)

#define FFMPEG_UTILITY_FUNCTIONS(F)                                                                    \
    F(avutil_version) F(av_malloc) F(av_free) F(av_freep) F(av_dict_set) F(av_dict_get)                \
    F(av_dict_free) F(av_frame_alloc) F(av_frame_free) F(av_log_set_level) F(av_max_alloc)

#define FFMPEG_DECLARE(name) __typeof__(name) *name;

typedef struct ffmpeg {
    FFMPEG_FORMAT_FUNCTIONS(FFMPEG_DECLARE)
    FFMPEG_CODEC_FUNCTIONS(FFMPEG_DECLARE)
    FFMPEG_UTILITY_FUNCTIONS(FFMPEG_DECLARE)
} ffmpeg;

/// The loaded library, or NULL; tried once per process.
const ffmpeg *ffmpeg_load(void);

#endif
#endif
