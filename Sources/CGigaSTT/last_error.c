#include "last_error.h"

#include <string.h>

#include "gigastt.h"

static _Thread_local int32_t last_code;
static _Thread_local char last_message[1024];
static _Thread_local char last_detail[2048];

/// Copies what has room, up to the end of a UTF-8 sequence.
static void copy(char *target, size_t size, const char *text) {
    size_t count = strlen(text);
    if (count >= size) {
        count = size - 1;
        while (count > 0 && ((unsigned char)text[count] & 0xC0) == 0x80) count--;
    }
    memcpy(target, text, count);
    target[count] = 0;
}

void last_error_set(int32_t code, const char *message, const char *detail) {
    last_code = code;
    copy(last_message, sizeof last_message, message);
    copy(last_detail, sizeof last_detail, detail);
}

int32_t gigastt_last_error_code(void) { return last_code; }

const char *gigastt_last_error_message(void) { return last_message; }

const char *gigastt_last_error_detail(void) { return last_detail; }

const char *gigastt_error_name(int32_t code) {
    static const char *const names[] = {
        [GIGASTT_OK] = "ok",
        [GIGASTT_ERROR_INVALID_ARGUMENT] = "invalid_argument",
        [GIGASTT_ERROR_MODEL_MISSING] = "model_missing",
        [GIGASTT_ERROR_MODEL_DAMAGED] = "model_damaged",
        [GIGASTT_ERROR_MODEL_UNSUPPORTED] = "model_unsupported",
        [GIGASTT_ERROR_RUNTIME_MISSING] = "runtime_missing",
        [GIGASTT_ERROR_PROVIDER_MISSING] = "provider_missing",
        [GIGASTT_ERROR_NOT_WRITABLE] = "not_writable",
        [GIGASTT_ERROR_AUDIO_UNREADABLE] = "audio_unreadable",
        [GIGASTT_ERROR_AUDIO_TOO_LONG] = "audio_too_long",
        [GIGASTT_ERROR_OVERLOADED] = "overloaded",
        [GIGASTT_ERROR_TIMED_OUT] = "timed_out",
        [GIGASTT_ERROR_SHUT_DOWN] = "shut_down",
        [GIGASTT_ERROR_CANCELLED] = "cancelled",
        [GIGASTT_ERROR_INFERENCE] = "inference",
        [GIGASTT_ERROR_INTERNAL] = "internal",
    };
    if (code < 0 || (size_t)code >= sizeof names / sizeof *names) return "unknown";
    return names[code];
}
