// What the test programs share.
#ifndef CHECK_H
#define CHECK_H

#include <gigastt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                        \
    do {                                                                                        \
        if (!(condition)) {                                                                     \
            fprintf(stderr, "%s:%d: not so: %s [%s: %s]\n", __FILE__, __LINE__, #condition,     \
                    gigastt_error_name(gigastt_last_error_code()), gigastt_last_error_message()); \
            exit(1);                                                                            \
        }                                                                                       \
    } while (0)

/// The samples of a WAV file of 16 bits, 16 kHz and one channel; to be freed.
static inline unsigned char *pcm_of(const char *path, size_t *count) {
    FILE *file = fopen(path, "rb");
    CHECK(file && fseek(file, 0, SEEK_END) == 0);
    *count = (size_t)ftell(file) - 44;
    unsigned char *bytes = malloc(*count);
    CHECK(bytes && fseek(file, 44, SEEK_SET) == 0 && fread(bytes, 1, *count, file) == *count);
    fclose(file);
    return bytes;
}

#endif
