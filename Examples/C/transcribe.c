// Prints the text of a recording, then the same recording as a live stream, utterance by utterance.
//
//     cc transcribe.c $(pkg-config --cflags --libs gigastt) -o transcribe
//     ./transcribe MODEL_FOLDER RECORDING.wav
//
// MODEL_FOLDER is what `gigastt download` made, or `demo` for the small model that comes with the library. The live part
// takes a WAV file of 16-bit samples at 16 kHz in one channel, with a header of 44 bytes.
#include <gigastt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *what) {
    fprintf(stderr, "%s: %s: %s\n", what, gigastt_error_name(gigastt_last_error_code()), gigastt_last_error_message());
    if (*gigastt_last_error_detail()) fprintf(stderr, "  (%s)\n", gigastt_last_error_detail());
    return 1;
}

// Called on a thread of the stream, one event at a time.
static void print_event(const gigastt_event *event, void *context) {
    int *finals = context;
    switch (event->kind) {
    case GIGASTT_EVENT_FINAL:
        if (*event->text) {
            printf("live %.2f-%.2f: %s\n", event->start, event->end, event->text);
            ++*finals;
        }
        break;
    case GIGASTT_EVENT_END:
        if (event->error != GIGASTT_OK) fprintf(stderr, "the stream ended: %s\n", event->text);
        break;
    default: break;  // partials, beginnings and ends of speech, and what later versions add
    }
}

static int transcribe_live(gigastt_engine *engine, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 44, SEEK_SET) != 0) {
        perror(path);
        if (file) fclose(file);
        return 1;
    }
    int finals = 0, status = 0;
    gigastt_stream *stream = gigastt_stream_new_with_callback(engine, "{\"partials\": false}", print_event, &finals);
    if (!stream) status = fail("gigastt_stream_new_with_callback");
    unsigned char block[3200];  // 100 ms, as a microphone gives
    size_t count;
    while (status == 0 && (count = fread(block, 1, sizeof block, file)) > 0) {
        char *segments = gigastt_stream_process_chunk(engine, stream, block, count, 16000);
        if (!segments) status = fail("gigastt_stream_process_chunk");
        gigastt_string_free(segments);
    }
    fclose(file);
    if (status == 0) {
        char *segments = gigastt_stream_finish(stream);  // returns after the last callback
        if (!segments) status = fail("gigastt_stream_finish");
        gigastt_string_free(segments);
    }
    gigastt_stream_free(stream);
    if (status == 0) printf("%d utterances\n", finals);
    return status;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: %s MODEL_FOLDER|demo RECORDING.wav\n", argv[0]);
        return 2;
    }
    char *demo = strcmp(argv[1], "demo") == 0 ? gigastt_demo_model() : NULL;
    gigastt_engine *engine = gigastt_engine_new(demo ? demo : argv[1]);
    gigastt_string_free(demo);
    if (!engine) return fail("gigastt_engine_new");

    int status = 0;
    char *text = gigastt_transcribe_file(engine, argv[2]);
    if (text) {
        printf("file: %s\n", text);
        status = transcribe_live(engine, argv[2]);
    } else {
        status = fail("gigastt_transcribe_file");
    }
    gigastt_string_free(text);
    gigastt_engine_free(engine);
    return status;
}
