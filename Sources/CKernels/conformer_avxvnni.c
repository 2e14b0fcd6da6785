// Kernels of 256 bits, for AVX-VNNI (products of integers), AVX2 and FMA: Alder Lake and later without AVX-512.
//
// There is no table for AVX2 alone: without VNNI, products that cannot saturate are slower than ONNX Runtime's
// (docs/benchmarks.md).
#include "conformer_sets.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define INLINE static inline __attribute__((always_inline))
enum { ROWS = 6, VECTORS = CONFORMER_PANEL / 8 };  // 6 rows of 2 vectors: 12 registers of sums

INLINE __m256 sum_of(__m256 a, __m256 b) { return _mm256_add_ps(a, b); }
INLINE __m256 least_of(__m256 a, __m256 b) { return _mm256_min_ps(a, b); }
INLINE __m256 greatest_of(__m256 a, __m256 b) { return _mm256_max_ps(a, b); }

// All 8 floats by one of the functions above.
INLINE float reduce(__m256 x, __m256 (*of)(__m256, __m256)) {
    x = of(x, _mm256_permute2f128_ps(x, x, 1));
    x = of(x, _mm256_permute_ps(x, 0x4e));
    return _mm256_cvtss_f32(of(x, _mm256_permute_ps(x, 0xb1)));
}

// e^x by a polynomial of degree 5; relative error below 7e-6.
INLINE __m256 exponential(__m256 x) {
    x = _mm256_max_ps(_mm256_min_ps(x, _mm256_set1_ps(88)), _mm256_set1_ps(-87));
    const __m256 t = _mm256_mul_ps(x, _mm256_set1_ps(1.44269504f));
    const __m256 n = _mm256_round_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m256 f = _mm256_sub_ps(t, n);
    __m256 p = _mm256_set1_ps(1.33336e-3f);
    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(9.61812e-3f));
    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(5.55041e-2f));
    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(0.240226507f));
    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(0.693147182f));
    p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(1));
    const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_mul_ps(p, _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23)));
}

INLINE __m256 sigmoid(__m256 x) {
    const __m256 d = _mm256_add_ps(_mm256_set1_ps(1), exponential(_mm256_sub_ps(_mm256_setzero_ps(), x)));
    const __m256 r = _mm256_rcp_ps(d);
    return _mm256_mul_ps(r, _mm256_fnmadd_ps(d, r, _mm256_set1_ps(2)));
}

// Floats in bfloat16, to nearest, ties to even, in the upper halves.
INLINE __m256i rounded(__m256 x) {
    const __m256i bits = _mm256_castps_si256(x);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    return _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
}

static void range(const float *x, size_t count, float *low, float *high) {
    __m256 least = _mm256_setzero_ps(), greatest = least;
    for (size_t i = 0; i < count; i += 8) {
        const __m256 v = _mm256_loadu_ps(x + i);
        least = _mm256_min_ps(least, v), greatest = _mm256_max_ps(greatest, v);
    }
    *low = reduce(least, least_of), *high = reduce(greatest, greatest_of);
}

static void quantize(const float *x, size_t count, float low, float high, uint8_t *steps, float *scale, int32_t *zero) {
    const float step = high > low ? (high - low) / 255 : 1;
    const int32_t origin = (int32_t)lrintf(-low / step);
    const __m256 inverse = _mm256_set1_ps(1 / step);
    const __m256i start = _mm256_set1_epi32(origin);
    for (size_t i = 0; i < count; i += 16) {
        const __m256i a = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + i), inverse));
        const __m256i b = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + i + 8), inverse));
        // Packing saturates, half a register at a time.
        const __m256i pairs = _mm256_packs_epi32(_mm256_add_epi32(a, start), _mm256_add_epi32(b, start));
        const __m256i both = _mm256_permute4x64_epi64(pairs, 0xd8);
        _mm_storeu_si128(
            (__m128i *)(steps + i),
            _mm_packus_epi16(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1)));
    }
    *scale = step, *zero = origin;
}

static void norm(const float *x, const float *gain, const float *bias, size_t count, float *y) {
    __m256 sum = _mm256_setzero_ps(), squares = sum;
    for (size_t i = 0; i < count; i += 8) sum = _mm256_add_ps(sum, _mm256_loadu_ps(x + i));
    const __m256 mean = _mm256_set1_ps(reduce(sum, sum_of) / (float)count);
    for (size_t i = 0; i < count; i += 8) {
        const __m256 v = _mm256_sub_ps(_mm256_loadu_ps(x + i), mean);
        squares = _mm256_fmadd_ps(v, v, squares);
    }
    const __m256 factor = _mm256_set1_ps(1 / sqrtf(reduce(squares, sum_of) / (float)count + 1e-5f));
    for (size_t i = 0; i < count; i += 8) {
        const __m256 v = _mm256_mul_ps(_mm256_sub_ps(_mm256_loadu_ps(x + i), mean), factor);
        _mm256_storeu_ps(y + i, _mm256_fmadd_ps(v, _mm256_loadu_ps(gain + i), _mm256_loadu_ps(bias + i)));
    }
}

static void rotate(const float *x, const float *cosine, const float *sine, size_t heads, size_t half, float *y) {
    for (size_t head = 0; head < heads; head++, x += 2 * half, y += 2 * half)
        for (size_t i = 0; i < half; i += 8) {
            const __m256 a = _mm256_loadu_ps(x + i), b = _mm256_loadu_ps(x + half + i);
            const __m256 c = _mm256_loadu_ps(cosine + i), s = _mm256_loadu_ps(sine + i);
            _mm256_storeu_ps(y + i, _mm256_fmsub_ps(a, c, _mm256_mul_ps(b, s)));
            _mm256_storeu_ps(y + half + i, _mm256_fmadd_ps(b, c, _mm256_mul_ps(a, s)));
        }
}

static void filter(const float *x, size_t stride, const float *weights, const float *bias, size_t count, float *y) {
    for (size_t i = 0; i < count; i += 8) {
        __m256 sum = _mm256_loadu_ps(bias + i);
        for (size_t tap = 0; tap < CONFORMER_TAPS; tap++)
            sum = _mm256_fmadd_ps(
                _mm256_loadu_ps(weights + tap * count + i), _mm256_loadu_ps(x + tap * stride + i), sum);
        _mm256_storeu_ps(y + i, sum);
    }
}

static void swish(float *x, size_t count) {
    for (size_t i = 0; i < count; i += 8) {
        const __m256 v = _mm256_loadu_ps(x + i);
        _mm256_storeu_ps(x + i, _mm256_mul_ps(v, sigmoid(v)));
    }
}

INLINE void finish(conformer_end end, const __m256 *p, float *y, float *halves, uint16_t *narrow) {
    switch (end) {
    case CONFORMER_SWISH:
        for (int j = 0; j < VECTORS; j++) _mm256_storeu_ps(y + 8 * j, _mm256_mul_ps(p[j], sigmoid(p[j])));
        break;
    case CONFORMER_ADD:
        for (int j = 0; j < VECTORS; j++) _mm256_storeu_ps(y + 8 * j, _mm256_add_ps(p[j], _mm256_loadu_ps(y + 8 * j)));
        break;
    case CONFORMER_GATE:
        for (int j = 0; j < VECTORS / 2; j++)
            _mm256_storeu_ps(halves + 8 * j, _mm256_mul_ps(p[j], sigmoid(p[j + VECTORS / 2])));
        break;
    case CONFORMER_BFLOAT16:
        for (int j = 0; j < VECTORS; j += 2) {
            const __m256i pairs = _mm256_packus_epi32(
                _mm256_srli_epi32(rounded(p[j]), 16), _mm256_srli_epi32(rounded(p[j + 1]), 16));
            _mm256_storeu_si256((__m256i *)(narrow + 8 * j), _mm256_permute4x64_epi64(pairs, 0xd8));
        }
        break;
    case CONFORMER_RECTIFY:
        for (int j = 0; j < VECTORS; j++) _mm256_storeu_ps(y + 8 * j, _mm256_max_ps(p[j], _mm256_setzero_ps()));
        break;
    }
}

// One row of a panel after its sums.
INLINE void finish_row(const conformer_linear *layer, const conformer_rows *x, size_t row, size_t first,
                       const __m256i *sums, conformer_end end, void *y, size_t stride) {
    const size_t place = row * x->each, start = row * stride;
    const __m256 scale = _mm256_set1_ps(x->scales[place]);
    const __m256i zero = _mm256_set1_epi32(x->zeros[place]);
    __m256 p[VECTORS];
    for (int j = 0; j < VECTORS; j++) {
        const size_t n = first + 8 * (size_t)j;
        const __m256i shift = _mm256_mullo_epi32(zero, _mm256_loadu_si256((const __m256i *)(layer->sums + n)));
        const __m256i sum = _mm256_sub_epi32(sums[j], shift);
        const __m256 factor = _mm256_mul_ps(scale, _mm256_loadu_ps(layer->scales + n));
        p[j] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), factor, _mm256_loadu_ps(layer->bias + n));
    }
    finish(end, p, (float *)y + start + first, (float *)y + start + first / 2, (uint16_t *)y + start + first);
}

// Rows of a product of floats.
INLINE void project_block(const float *x, size_t x_stride, const float *weights, const float *bias, size_t inputs,
                          size_t outputs, const int rows, float *y, size_t stride) {
    for (size_t n = 0; n < outputs; n += 16) {
        __m256 sums[ROWS][2];
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < 2; j++) sums[r][j] = _mm256_loadu_ps(bias + n + 8 * j);
        for (size_t k = 0; k < inputs; k++) {
            const float *w = weights + k * outputs + n;
            const __m256 w0 = _mm256_loadu_ps(w), w1 = _mm256_loadu_ps(w + 8);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                const __m256 a = _mm256_set1_ps(x[(size_t)r * x_stride + k]);
                sums[r][0] = _mm256_fmadd_ps(a, w0, sums[r][0]);
                sums[r][1] = _mm256_fmadd_ps(a, w1, sums[r][1]);
            }
        }
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < 2; j++)
                _mm256_storeu_ps(y + (size_t)r * stride + n + 8 * j, _mm256_max_ps(sums[r][j], _mm256_setzero_ps()));
    }
}

static void project(const float *x, size_t x_stride, const float *weights, const float *bias, size_t inputs,
                    size_t outputs, size_t rows, float *y, size_t stride) {
    size_t row = 0;
    for (; row + ROWS <= rows; row += ROWS)
        project_block(x + row * x_stride, x_stride, weights, bias, inputs, outputs, ROWS, y + row * stride, stride);
    for (; row < rows; row++)
        project_block(x + row * x_stride, x_stride, weights, bias, inputs, outputs, 1, y + row * stride, stride);
}

#include "conformer_avxvnni_attention.h"

#pragma clang attribute pop
#include "conformer_avxvnni_multiply.h"

static bool has_instruction(void) {
#ifdef CONFORMER_VNNI_256
    return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#else
    unsigned a = 0, b, c, d;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && a >> 4 & 1;
#endif
}

const conformer_kernels *conformer_avxvnni(void) {
    static const conformer_kernels kernels = {
        "avx-vnni", range, quantize, norm, rotate, filter, swish, multiply, project, conformer_attend_avx2,
    };
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_instruction() ? &kernels : NULL;
}
#endif
