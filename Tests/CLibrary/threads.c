// Threads that share an engine, a stream, and free both while others use them. threads RECORDING TEXT
#include <pthread.h>
#include <stdatomic.h>

#include "check.h"

enum { THREADS = 6 };
static gigastt_engine *engine;
static gigastt_stream *shared;
static const char *recording, *expected;
static unsigned char *pcm;
static size_t pcm_count;

typedef struct heard {
    char text[1024];
    int events, ends, error;
    gigastt_stream *_Atomic frees;  // freed by the callback itself
} heard;

static void hear(const gigastt_event *event, void *context) {
    heard *into = context;
    CHECK(into->ends == 0);
    into->events++;
    if (event->kind == GIGASTT_EVENT_FINAL) strcat(into->text, event->text);
    if (event->kind == GIGASTT_EVENT_END) into->ends++, into->error = event->error;
    gigastt_stream *own = into->frees;
    if (!own) return;
    // Its own stream can only be freed here.
    CHECK(gigastt_stream_finish(own) == NULL && gigastt_last_error_code() == GIGASTT_ERROR_INVALID_ARGUMENT);
    gigastt_stream_free(own);
}

/// Feeds the recording in pieces of 100 ms; returns whether all was taken.
static bool feed(gigastt_stream *stream) {
    for (size_t at = 0; at < pcm_count; at += 3200) {
        const size_t count = pcm_count - at < 3200 ? pcm_count - at : 3200;
        char *json = gigastt_stream_process_chunk(engine, stream, pcm + at, count, 16000);
        if (!json) return false;
        gigastt_string_free(json);
    }
    return true;
}

static void *recordings(void *context) {
    (void)context;
    for (int i = 0; i < 2; i++) {
        char *text = gigastt_transcribe_file(engine, recording);
        CHECK(text && strcmp(text, expected) == 0);
        gigastt_string_free(text);
    }
    return NULL;
}

static void *streams(void *context) {
    (void)context;
    heard heard = {0};
    gigastt_stream *stream = gigastt_stream_new_with_callback(engine, NULL, hear, &heard);
    CHECK(stream && feed(stream));
    char *json = gigastt_stream_finish(stream);
    CHECK(json && strcmp(json, "[]") == 0);
    gigastt_string_free(json);
    gigastt_stream_free(stream);
    CHECK(strcmp(heard.text, expected) == 0 && heard.ends == 1 && heard.error == GIGASTT_OK && heard.events > 3);
    return NULL;
}

/// A stream that its own callback frees: nothing comes afterwards.
static void *freed_by_callback(void *context) {
    (void)context;
    heard heard = {0};
    gigastt_stream *stream = gigastt_stream_new_with_callback(engine, NULL, hear, &heard);
    CHECK(stream);
    heard.frees = stream;
    feed(stream);
    // What is left of it ends with whichever call comes first.
    char *json = gigastt_stream_finish(stream);
    gigastt_string_free(json);
    gigastt_stream_free(stream);
    return NULL;
}

/// One stream that all feed, and that one frees: the others fail, nothing else happens.
static void *sharing(void *context) {
    for (int i = 0; i < 20; i++) {
        char *json = gigastt_stream_process_chunk(engine, shared, pcm, 3200, 16000);
        if (!json) CHECK(gigastt_last_error_code() == GIGASTT_ERROR_CANCELLED ||
                         gigastt_last_error_code() == GIGASTT_ERROR_INVALID_ARGUMENT);
        gigastt_string_free(json);
        if (context && i == 10) gigastt_stream_free(shared);
    }
    return NULL;
}

/// Work that ends when the engine is freed.
static void *interrupted(void *context) {
    for (int i = 0; i < 1000; i++) {
        char *text = gigastt_transcribe_file(engine, recording);
        atomic_fetch_add((atomic_int *)context, 1);
        if (!text) {
            CHECK(gigastt_last_error_code() == GIGASTT_ERROR_SHUT_DOWN ||
                  gigastt_last_error_code() == GIGASTT_ERROR_INVALID_ARGUMENT);
            return NULL;
        }
        gigastt_string_free(text);
    }
    CHECK(!"the engine was not freed");
    return NULL;
}

static void run(void *(*body)(void *), void *context, void *first) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, body, i ? context : first) == 0);
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    recording = argv[1], expected = argv[2];
    pcm = pcm_of(recording, &pcm_count);
    char *demo = gigastt_demo_model();
    engine = gigastt_engine_new_with_pool_size(demo, 2);
    CHECK(engine);
    run(recordings, NULL, NULL);
    run(streams, NULL, NULL);
    run(freed_by_callback, NULL, NULL);
    CHECK((shared = gigastt_stream_new(engine)) != NULL);
    run(sharing, NULL, &shared);
    // The engine is freed while threads use it, once each has a text.
    atomic_int done = 0;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, interrupted, &done) == 0);
    while (atomic_load(&done) < THREADS) recordings(NULL);
    gigastt_engine_free(engine);
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    // Another engine in the same process.
    engine = gigastt_engine_new(demo);
    CHECK(engine);
    recordings(NULL);
    gigastt_engine_free(engine);
    gigastt_string_free(demo);
    free(pcm);
    puts("threads: ok");
    return 0;
}
