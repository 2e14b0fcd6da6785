#include "include/CKernels.h"

#include <stddef.h>

typedef float wide __attribute__((vector_size(64), aligned(4), may_alias));
typedef int wide_int __attribute__((vector_size(64), aligned(4), may_alias));

// What every processor of the architecture can do.
#define NAME(name) name##_plain
#define ROWS 2
#include "body.h"
#undef NAME
#undef ROWS

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(name) name##_avx2
#define ROWS 3
#include "body.h"
#undef NAME
#undef ROWS
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx2,fma"))), apply_to = function)
#define NAME(name) name##_avx512
#define ROWS 8
#include "body.h"
#undef NAME
#undef ROWS
#pragma clang attribute pop

#define CHOOSE(name, ...)                                   \
    if (set == KERNELS_AVX512) name##_avx512(__VA_ARGS__);   \
    else if (set == KERNELS_AVX2) name##_avx2(__VA_ARGS__);  \
    else name##_plain(__VA_ARGS__)

kernels_set kernels_widest_set(void) {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return KERNELS_PLAIN;
    return __builtin_cpu_supports("avx512f") ? KERNELS_AVX512 : KERNELS_AVX2;
}

#else

#define CHOOSE(name, ...) \
    (void)set;            \
    name##_plain(__VA_ARGS__)

kernels_set kernels_widest_set(void) { return KERNELS_PLAIN; }

#endif

void kernels_pack(const float *matrix, size_t inputs, size_t input_stride, size_t outputs, size_t output_stride,
                  float *packed) {
    for (size_t first = 0; first < outputs; first += KERNELS_PANEL)
        for (size_t input = 0; input < inputs; input++)
            for (size_t output = first; output < first + KERNELS_PANEL; output++)
                *packed++ = output < outputs ? matrix[input * input_stride + output * output_stride] : 0;
}

void kernels_multiply(kernels_set set, const kernels_layer *layer, const float *x, size_t rows, float *y) {
    CHOOSE(multiply, layer, x, rows, y, 0);
}

void kernels_lstm_step(kernels_set set, const kernels_layer *recurrent, size_t width, float *hidden, float *cell,
                       float *gates, int backwards) {
    CHOOSE(lstm_step, recurrent, width, hidden, cell, gates, backwards);
}

void kernels_joint(kernels_set set, const kernels_layer *layer, const float *a, const float *b, float *active,
                   int *places, float *scores) {
    CHOOSE(joint, layer, a, b, active, places, scores);
}
