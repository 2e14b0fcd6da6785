#include "include/CMedia.h"

// 32 partial sums, whatever the processor: value i goes to sum i % 32, without fused multiply-add. So the result is the
// same everywhere, bit for bit. Vector types rather than a plain loop also keep an unoptimised build usable.
#pragma clang fp contract(off)

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

static float sum_of_eight_fours(const four *s) {
    const four sum = ((s[0] + s[2]) + (s[4] + s[6])) + ((s[1] + s[3]) + (s[5] + s[7]));
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

static float dot_fours(const float *first, const float *second, int count) {
    four a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};
    for (int i = 0; i + 32 <= count; i += 32) {
        const four *x = (const four *)(first + i), *y = (const four *)(second + i);
        a += x[0] * y[0], b += x[1] * y[1], c += x[2] * y[2], d += x[3] * y[3];
        e += x[4] * y[4], f += x[5] * y[5], g += x[6] * y[6], h += x[7] * y[7];
    }
    const four sums[8] = {a, b, c, d, e, f, g, h};
    return sum_of_eight_fours(sums);
}

#ifdef __x86_64__

typedef float eight __attribute__((vector_size(32), aligned(4), may_alias));

__attribute__((target("avx"))) static float dot_eights(const float *first, const float *second, int count) {
    eight a = {0}, b = {0}, c = {0}, d = {0};
    for (int i = 0; i + 32 <= count; i += 32) {
        const eight *x = (const eight *)(first + i), *y = (const eight *)(second + i);
        a += x[0] * y[0], b += x[1] * y[1], c += x[2] * y[2], d += x[3] * y[3];
    }
    const eight sums[4] = {a, b, c, d};
    return sum_of_eight_fours((const four *)sums);
}

float media_dot(const float *first, const float *second, int count) {
    if (__builtin_cpu_supports("avx")) return dot_eights(first, second, count);
    return dot_fours(first, second, count);
}

#else

float media_dot(const float *first, const float *second, int count) { return dot_fours(first, second, count); }

#endif
