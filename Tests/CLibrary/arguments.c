// Bad arguments: each gives a code and a text, none ends the process. arguments RECORDING TEXT
#include <math.h>
#include <pthread.h>

#include "check.h"

static gigastt_engine *engine;
static const char *recording, *expected;

/// Fails unless `result` is NULL and the error is `code` with a text. A macro, for the line.
#define FAILS(result, code)                                   \
    do {                                                      \
        CHECK((result) == NULL);                              \
        CHECK(gigastt_last_error_code() == (code));           \
        CHECK(strlen(gigastt_last_error_message()) > 10);     \
        CHECK(!strstr(gigastt_last_error_message(), "/tmp")); \
    } while (0)

static void models(void) {
    FAILS(gigastt_engine_new(NULL), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_engine_new("/tmp/no such folder"), GIGASTT_ERROR_MODEL_MISSING);
    CHECK(strstr(gigastt_last_error_message(), "gigastt download"));
    FAILS(gigastt_engine_new(""), GIGASTT_ERROR_MODEL_MISSING);
    FAILS(gigastt_engine_new("\xff\xfe"), GIGASTT_ERROR_INVALID_ARGUMENT);
    char *demo = gigastt_demo_model();
    CHECK(demo);
    FAILS(gigastt_engine_new_with_pool_size(demo, 0), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_engine_new_with_pool_size(demo, UINTPTR_MAX), GIGASTT_ERROR_INVALID_ARGUMENT);
    static const char *const options[] = {
        "", "[]", "{", "1", "{\"workers\": 0}", "{\"workers\": 1.5}", "{\"workers\": \"two\"}", "{\"workers\": 1e300}",
        "{\"worker\": 1}", "{\"head\": \"other\"}", "{\"provider\": \"\"}", "{\"workers\": true}", "{\"workers\": {}}",
        "\xff",
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        FAILS(gigastt_engine_new_with_options(demo, options[i]), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_engine_new_with_options(demo, "{\"head\": \"ctc\"}"), GIGASTT_ERROR_MODEL_MISSING);
    static const char *const beside[] = {"voice_activity_model", "punctuation_model"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        char named[4096];
        snprintf(named, sizeof named, "{\"%s\": \"/tmp/none\"}", beside[i]);
        FAILS(gigastt_engine_new_with_options(demo, named), GIGASTT_ERROR_MODEL_MISSING);
        CHECK(strstr(gigastt_last_error_message(), beside[i]) && !strstr(gigastt_last_error_message(), "--"));
    }
    char foreign[8192];
    snprintf(foreign, sizeof foreign, "{\"voice_activity_model\": \"%s/v3_rnnt_joint.onnx\"}", demo);
    FAILS(gigastt_engine_new_with_options(demo, foreign), GIGASTT_ERROR_MODEL_UNSUPPORTED);
    char *answer = gigastt_quantize_model(NULL, false);
    CHECK(answer && strcmp(answer, "ok") != 0 && gigastt_last_error_code() == GIGASTT_ERROR_INVALID_ARGUMENT);
    gigastt_string_free(answer);
    answer = gigastt_quantize_model("/tmp/no such folder", true);
    CHECK(answer && strcmp(answer, "ok") != 0 && gigastt_last_error_code() == GIGASTT_ERROR_MODEL_DAMAGED);
    gigastt_string_free(answer);
    // The int8 encoder is there already.
    answer = gigastt_quantize_model(demo, false);
    CHECK(answer && strcmp(answer, "ok") == 0 && gigastt_last_error_code() == GIGASTT_OK);
    gigastt_string_free(answer);
    engine = gigastt_engine_new_with_options(demo, "{\"workers\": 2, \"head\": \"rnnt\", \"cache\": null}");
    CHECK(engine && gigastt_last_error_code() == GIGASTT_OK && !*gigastt_last_error_message());
    gigastt_string_free(demo);
}

static void recordings(void) {
    FAILS(gigastt_transcribe_file(NULL, recording), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_transcribe_file((gigastt_engine *)recording, recording), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_transcribe_file(engine, NULL), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_transcribe_file(engine, "/tmp/no such file"), GIGASTT_ERROR_AUDIO_UNREADABLE);
    FAILS(gigastt_transcribe_file(engine, "/tmp"), GIGASTT_ERROR_AUDIO_UNREADABLE);
    FAILS(gigastt_transcribe_file_with_options(engine, recording, "{\"format\": \"doc\"}"), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_transcribe_file_with_options(engine, recording, "{\"max_seconds\": 1}"), GIGASTT_ERROR_AUDIO_TOO_LONG);
    FAILS(gigastt_transcribe_file_with_options(engine, recording, "{\"hotwords\": [1]}"), GIGASTT_ERROR_INVALID_ARGUMENT);
    char *text = gigastt_transcribe_file(engine, recording);
    CHECK(text && strcmp(text, expected) == 0);
    gigastt_string_free(text);
    text = gigastt_transcribe_file_with_options(
        engine, recording, "{\"format\": \"srt\", \"hotwords\": [\"кухня\"], \"itn\": false, \"channels\": \"split\"}");
    CHECK(text && strncmp(text, "1\n00:00:00,", 11) == 0);
    gigastt_string_free(text);
}

static void samples(void) {
    const float silence[160] = {0}, strange[4] = {NAN, INFINITY, -INFINITY, 1e30f};
    FAILS(gigastt_transcribe_samples(engine, NULL, 1, 16000, NULL), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_transcribe_samples(engine, silence, SIZE_MAX, 16000, NULL), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_transcribe_samples(engine, silence, 160, 0, NULL), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_transcribe_samples(engine, silence, 160, UINT32_MAX, NULL), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_transcribe_samples(engine, silence, 160, 16000, "{\"channels\": \"split\"}"), GIGASTT_ERROR_INVALID_ARGUMENT);
    char *text = gigastt_transcribe_samples(engine, NULL, 0, 16000, NULL);
    CHECK(text && !*text);
    gigastt_string_free(text);
    text = gigastt_transcribe_samples(engine, strange, 4, 8000, NULL);
    CHECK(text && !*text);
    gigastt_string_free(text);
    // Samples in a place that no float would have.
    size_t count;
    unsigned char *pcm = pcm_of(recording, &count);
    char *place = malloc(count * 2 + 1);
    CHECK(place);
    for (size_t i = 0; i < count / 2; i++) {
        const float value = (float)(int16_t)(pcm[2 * i] | pcm[2 * i + 1] << 8) / 32768;
        memcpy(place + 1 + 4 * i, &value, sizeof value);
    }
    text = gigastt_transcribe_samples(engine, (const float *)(const void *)(place + 1), count / 2, 16000, "{}");
    CHECK(text && strcmp(text, expected) == 0);
    gigastt_string_free(text);
    free(place);
    free(pcm);
}

static void streams(void) {
    FAILS(gigastt_stream_new(NULL), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_stream_new_with_callback(engine, "{\"silence_ms\": 1}", NULL, NULL), GIGASTT_ERROR_INVALID_ARGUMENT);
    gigastt_stream *stream = gigastt_stream_new(engine), *other = gigastt_stream_new(engine);
    CHECK(stream && other);
    const uint8_t byte[2] = {0};
    FAILS(gigastt_stream_process_chunk(NULL, stream, byte, 2, 16000), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_stream_process_chunk(engine, NULL, byte, 2, 16000), GIGASTT_ERROR_INVALID_ARGUMENT);
    // An engine is no stream.
    FAILS(gigastt_stream_process_chunk(engine, (gigastt_stream *)engine, byte, 2, 16000), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_stream_process_chunk(engine, stream, NULL, 2, 16000), GIGASTT_ERROR_INVALID_ARGUMENT);
    FAILS(gigastt_stream_process_chunk(engine, stream, byte, UINTPTR_MAX, 16000), GIGASTT_ERROR_INVALID_ARGUMENT);
    static const uint32_t wrong[] = {0, 7999, 192001, UINT32_MAX}, right[] = {8000, 11025, 22050, 32000, 96000, 192000};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        FAILS(gigastt_stream_process_chunk(engine, stream, byte, 2, wrong[i]), GIGASTT_ERROR_INVALID_ARGUMENT);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        char *taken = gigastt_stream_process_chunk(engine, stream, byte, 2, right[i]);
        CHECK(taken);
        gigastt_string_free(taken);
        taken = gigastt_stream_process_samples(stream, (const float[1]){0}, 1, right[i]);
        CHECK(taken);
        gigastt_string_free(taken);
    }
    FAILS(gigastt_stream_process_samples(stream, NULL, 5, 16000), GIGASTT_ERROR_INVALID_ARGUMENT);
    char *json = gigastt_stream_process_chunk(engine, stream, NULL, 0, 48000);
    CHECK(json && strcmp(json, "[]") == 0);
    gigastt_string_free(json);
    json = gigastt_stream_flush(engine, stream);
    CHECK(json && strcmp(json, "[]") == 0);
    gigastt_string_free(json);
    json = gigastt_stream_finish(stream);
    CHECK(json && strcmp(json, "[]") == 0);
    gigastt_string_free(json);
    FAILS(gigastt_stream_process_chunk(engine, stream, byte, 2, 16000), GIGASTT_ERROR_INVALID_ARGUMENT);
    gigastt_stream_free(stream);
    gigastt_stream_free(stream);
    gigastt_stream_free((gigastt_stream *)engine);
    gigastt_stream_free(NULL);
    FAILS(gigastt_stream_finish(stream), GIGASTT_ERROR_INVALID_ARGUMENT);
    // Odd pieces: the second half of a sample comes later, also across a flush; nothing is lost.
    size_t count;
    unsigned char *pcm = pcm_of(recording, &count);
    char text[4096] = "";
    for (size_t at = 0, step = 3333; at < count; at += step) {
        json = gigastt_stream_process_chunk(engine, other, pcm + at, count - at < step ? count - at : step, 16000);
        CHECK(json);
        // Only whole utterances are compared: a partial may change.
        if (strstr(json, "\"is_final\":true")) strcat(text, json);
        gigastt_string_free(json);
    }
    json = gigastt_stream_flush(engine, other);
    CHECK(json && json[0] == '[');
    strcat(text, json);
    gigastt_string_free(json);
    char wanted[1024];
    snprintf(wanted, sizeof wanted, "{\"text\":\"%s\",\"words\":[{\"word\":", expected);
    CHECK(strstr(text, wanted));
    free(pcm);
    // A stream that is open when its engine is freed.
    gigastt_engine_free(engine);
    FAILS(gigastt_stream_process_samples(other, (const float[1]){0}, 1, 16000), GIGASTT_ERROR_SHUT_DOWN);
    FAILS(gigastt_stream_finish(other), GIGASTT_ERROR_SHUT_DOWN);
    gigastt_stream_free(other);
    gigastt_engine_free(engine);
    gigastt_engine_free((gigastt_engine *)other);
    gigastt_engine_free(NULL);
    FAILS(gigastt_transcribe_file(engine, recording), GIGASTT_ERROR_INVALID_ARGUMENT);
    gigastt_string_free(NULL);
}

static void *unharmed(void *context) {
    (void)context;
    CHECK(gigastt_last_error_code() == GIGASTT_OK && !*gigastt_last_error_message());
    return NULL;
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    recording = argv[1], expected = argv[2];
    CHECK(strcmp(gigastt_error_name(GIGASTT_OK), "ok") == 0);
    CHECK(strcmp(gigastt_error_name(GIGASTT_ERROR_INTERNAL), "internal") == 0);
    CHECK(strcmp(gigastt_error_name(-1), "unknown") == 0 && strcmp(gigastt_error_name(1000), "unknown") == 0);
    models();
    recordings();
    samples();
    streams();
    // The error is that of the thread.
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, unharmed, NULL) == 0 && pthread_join(thread, NULL) == 0);
    puts("arguments: ok");
    return 0;
}
