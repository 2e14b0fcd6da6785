#include "ffmpeg.h"

#include "include/CMedia.h"

#ifdef MEDIA_HAS_FFMPEG

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// Enough for the index of a day of AAC in MP4; a hostile header may ask for gigabytes.
enum { LARGEST_ALLOCATION = 128 << 20 };

static ffmpeg table;
static int loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *open_library(const char *name, int major) {
#ifdef __APPLE__
    static const char *const folders[] = {"", "/opt/homebrew/lib/", "/usr/local/lib/"};
    static const char *const pattern = "%s%s.%d.dylib";
#else
    static const char *const folders[] = {""};
    static const char *const pattern = "%s%s.so.%d";
#endif
    for (unsigned i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[96];
        snprintf(path, sizeof path, pattern, folders[i], name, major);
        void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
    }
    return NULL;
}

// Fields are only ever added within a major version, so the library must be at least as new as the headers.
static int is_new_enough(unsigned found, unsigned compiled) {
    return AV_VERSION_MAJOR(found) == AV_VERSION_MAJOR(compiled) &&
           AV_VERSION_MINOR(found) >= AV_VERSION_MINOR(compiled);
}

static void load(void) {
    void *format = open_library("libavformat", LIBAVFORMAT_VERSION_MAJOR);
    void *codec = open_library("libavcodec", LIBAVCODEC_VERSION_MAJOR);
    void *utility = open_library("libavutil", LIBAVUTIL_VERSION_MAJOR);
    if (!format || !codec || !utility) return;

#define RESOLVE(library, name) if (!(table.name = (__typeof__(table.name))dlsym(library, #name))) return;
#define RESOLVE_FORMAT(name) RESOLVE(format, name)
#define RESOLVE_CODEC(name) RESOLVE(codec, name)
#define RESOLVE_UTILITY(name) RESOLVE(utility, name)
    FFMPEG_FORMAT_FUNCTIONS(RESOLVE_FORMAT)
    FFMPEG_CODEC_FUNCTIONS(RESOLVE_CODEC)
    FFMPEG_UTILITY_FUNCTIONS(RESOLVE_UTILITY)

    if (!is_new_enough(table.avformat_version(), LIBAVFORMAT_VERSION_INT)) return;
    if (!is_new_enough(table.avcodec_version(), LIBAVCODEC_VERSION_INT)) return;
    if (!is_new_enough(table.avutil_version(), LIBAVUTIL_VERSION_INT)) return;

    // Both apply to the whole process: FFmpeg has no finer scope for them.
    table.av_log_set_level(AV_LOG_QUIET);
    table.av_max_alloc(LARGEST_ALLOCATION);
    loaded = 1;
}

const ffmpeg *ffmpeg_load(void) {
    pthread_once(&once, load);
    return loaded ? &table : NULL;
}

int media_library_version(void) { return LIBAVFORMAT_VERSION_MAJOR; }

int media_library_open(media_library_versions *versions) {
    const ffmpeg *library = ffmpeg_load();
    if (!library) return 0;
    versions->format = library->avformat_version();
    versions->codec = library->avcodec_version();
    versions->utility = library->avutil_version();
    return 1;
}

#else

int media_library_version(void) { return 0; }

int media_library_open(media_library_versions *versions) {
    (void)versions;
    return 0;
}

#endif
