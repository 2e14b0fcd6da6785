#include "mixdown.h"

#ifdef MEDIA_HAS_FFMPEG

static float clamp_sample(double value) {
    if (value >= 1) return 1;
    if (value <= -1) return -1;
    return value == value ? (float)value : 0;
}

// `channel[c] + i * stride` is sample i of channel c, planar or interleaved alike.
#define DEFINE_MIXDOWN(name, type, zero, full_scale)                                                     \
    static void name(const AVFrame *frame, int planar, int chosen, int first, int count, float *samples) { \
        const int channels = frame->ch_layout.nb_channels;                                               \
        const int64_t stride = planar ? 1 : channels;                                                    \
        const int is_one = chosen >= 0 && chosen < channels;                                             \
        const int from = is_one ? chosen : 0, to = is_one ? chosen + 1 : channels;                       \
        const double gain = 1.0 / ((full_scale) * (to - from));                                          \
        const type *channel[MAX_CHANNELS];                                                               \
        for (int c = 0; c < channels; c++)                                                               \
            channel[c] = (planar ? (const type *)frame->extended_data[c]                                 \
                                 : (const type *)frame->extended_data[0] + c) + first * stride;          \
        for (int i = 0; i < count; i++) {                                                                \
            double sum = 0;                                                                              \
            for (int c = from; c < to; c++) sum += (double)channel[c][i * stride] - (zero);              \
            samples[i] = clamp_sample(sum * gain);                                                               \
        }                                                                                                \
    }

DEFINE_MIXDOWN(mix_u8, uint8_t, 128, 128.0)
DEFINE_MIXDOWN(mix_s16, int16_t, 0, 32768.0)
DEFINE_MIXDOWN(mix_s32, int32_t, 0, 2147483648.0)
DEFINE_MIXDOWN(mix_s64, int64_t, 0, 9223372036854775808.0)
DEFINE_MIXDOWN(mix_float, float, 0, 1.0)
DEFINE_MIXDOWN(mix_double, double, 0, 1.0)

int mixdown(const AVFrame *frame, int channel, int first, int count, float *samples) {
    switch (frame->format) {
        case AV_SAMPLE_FMT_U8: mix_u8(frame, 0, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_U8P: mix_u8(frame, 1, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_S16: mix_s16(frame, 0, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_S16P: mix_s16(frame, 1, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_S32: mix_s32(frame, 0, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_S32P: mix_s32(frame, 1, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_S64: mix_s64(frame, 0, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_S64P: mix_s64(frame, 1, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_FLT: mix_float(frame, 0, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_FLTP: mix_float(frame, 1, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_DBL: mix_double(frame, 0, channel, first, count, samples); return 1;
        case AV_SAMPLE_FMT_DBLP: mix_double(frame, 1, channel, first, count, samples); return 1;
        default: return 0;
    }
}

#endif
