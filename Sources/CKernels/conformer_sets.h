// The tables of kernels. Each is NULL where the processor lacks the instructions.
#ifndef CONFORMER_SETS_H
#define CONFORMER_SETS_H

#include "include/conformer.h"

#if defined(__x86_64__)
const conformer_kernels *conformer_avx512(void);
const conformer_kernels *conformer_avx512_floats(void);
const conformer_kernels *conformer_avxvnni(void);

void conformer_attend_avx2(const uint16_t *query, const uint16_t *key, const uint16_t *value, size_t frames,
                           size_t head, size_t stride, float *y, size_t y_stride, void *space);
#elif defined(__aarch64__)
const conformer_kernels *conformer_i8mm(void);
const conformer_kernels *conformer_dotprod(void);
#endif

#endif
