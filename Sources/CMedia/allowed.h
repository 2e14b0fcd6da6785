// Containers and decoders that may run; the rest of FFmpeg's large, fuzz-prone code never does.
#ifndef C_MEDIA_ALLOWED_H
#define C_MEDIA_ALLOWED_H

#include <string.h>

// FFmpeg's own names of demuxers, complete.
static const char *const allowed_demuxers[] = {
    // Audio and video files.
    "wav", "w64", "aiff", "au", "caf", "mov,mp4,m4a,3gp,3g2,mj2", "ogg", "matroska,webm", "flac", "asf", "avi", "flv",
    "mpeg", "mpegts",
    // Streams of bare frames. Not GSM, which is found without FFmpeg: its test takes quiet A-law for GSM.
    "mp3", "aac", "loas", "ac3", "eac3", "dts", "truehd", "amr",
};

// FFmpeg's own names of decoders, as its option `codec_whitelist` takes them.
#define ALLOWED_DECODERS                                                                                      \
    "pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_s64le,pcm_f32le,pcm_f32be," \
    "pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,pcm_dvd,pcm_bluray,"                                               \
    "g722,g726,g726le,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,gsm,gsm_ms,amrnb,amrwb,speex,nellymoser,"  \
    "mp1,mp1float,mp2,mp2float,mp3,mp3float,aac,aac_latm,ac3,eac3,dca,truehd,mlp,"                             \
    "vorbis,opus,flac,alac,wmav1,wmav2,wmapro,wmavoice,wmalossless"

static inline int is_allowed_demuxer(const char *name) {
    for (unsigned i = 0; i < sizeof allowed_demuxers / sizeof *allowed_demuxers; i++)
        if (strcmp(name, allowed_demuxers[i]) == 0) return 1;
    return 0;
}

static inline int is_allowed_decoder(const char *name) {
    const size_t length = strlen(name);
    for (const char *entry = ALLOWED_DECODERS; entry; entry = strchr(entry, ',')) {
        if (*entry == ',') entry++;
        if (strncmp(entry, name, length) == 0 && (entry[length] == ',' || entry[length] == 0)) return 1;
    }
    return 0;
}

#endif
