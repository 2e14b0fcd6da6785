// The error of the last call of each thread; internal to the library.
#ifndef C_GIGASTT_LAST_ERROR_H
#define C_GIGASTT_LAST_ERROR_H

#include <stdint.h>

/// Sets what `gigastt_last_error_…` return on this thread. Texts are copied, and cut where they are long.
void last_error_set(int32_t code, const char *message, const char *detail);

#endif
