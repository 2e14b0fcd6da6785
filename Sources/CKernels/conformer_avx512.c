// Kernels for AVX-512 with VNNI (products of integers): with BF16 (attention) for Zen 4, Sapphire Rapids and later, and
// without it, with attention in floats, for Cascade Lake, Ice Lake and others.
#include "conformer_sets.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push(                                                          \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma"))), \
    apply_to = function)

#define INLINE static inline __attribute__((always_inline))
enum { ROWS = 6, VECTORS = CONFORMER_PANEL / 16 };  // 24 registers of sums

// e^x by a polynomial of degree 5; relative error below 7e-6.
INLINE __m512 exponential(__m512 x) {
    x = _mm512_max_ps(_mm512_min_ps(x, _mm512_set1_ps(88)), _mm512_set1_ps(-87));
    const __m512 t = _mm512_mul_ps(x, _mm512_set1_ps(1.44269504f));
    const __m512 n = _mm512_roundscale_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 f = _mm512_sub_ps(t, n);
    __m512 p = _mm512_set1_ps(1.33336e-3f);
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(9.61812e-3f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(5.55041e-2f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.240226507f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.693147182f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1));
    return _mm512_scalef_ps(p, n);
}

INLINE __m512 sigmoid(__m512 x) {
    const __m512 d = _mm512_add_ps(_mm512_set1_ps(1), exponential(_mm512_sub_ps(_mm512_setzero_ps(), x)));
    const __m512 r = _mm512_rcp14_ps(d);
    return _mm512_mul_ps(r, _mm512_fnmadd_ps(d, r, _mm512_set1_ps(2)));
}

static void range(const float *x, size_t count, float *low, float *high) {
    __m512 least = _mm512_setzero_ps(), greatest = least;
    for (size_t i = 0; i < count; i += 16) {
        const __m512 v = _mm512_loadu_ps(x + i);
        least = _mm512_min_ps(least, v), greatest = _mm512_max_ps(greatest, v);
    }
    *low = _mm512_reduce_min_ps(least), *high = _mm512_reduce_max_ps(greatest);
}

static void quantize(const float *x, size_t count, float low, float high, uint8_t *steps, float *scale, int32_t *zero) {
    const float step = high > low ? (high - low) / 255 : 1;
    const int32_t origin = (int32_t)lrintf(-low / step);
    const __m512 inverse = _mm512_set1_ps(1 / step);
    const __m512i start = _mm512_set1_epi32(origin);
    for (size_t i = 0; i < count; i += 16) {
        const __m512i v = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + i), inverse));
        const __m512i positive = _mm512_max_epi32(_mm512_add_epi32(v, start), _mm512_setzero_si512());
        _mm_storeu_si128((__m128i *)(steps + i), _mm512_cvtusepi32_epi8(positive));
    }
    *scale = step, *zero = origin;
}

static void norm(const float *x, const float *gain, const float *bias, size_t count, float *y) {
    __m512 sum = _mm512_setzero_ps(), squares = sum;
    for (size_t i = 0; i < count; i += 16) sum = _mm512_add_ps(sum, _mm512_loadu_ps(x + i));
    const __m512 mean = _mm512_set1_ps(_mm512_reduce_add_ps(sum) / (float)count);
    for (size_t i = 0; i < count; i += 16) {
        const __m512 v = _mm512_sub_ps(_mm512_loadu_ps(x + i), mean);
        squares = _mm512_fmadd_ps(v, v, squares);
    }
    const __m512 factor = _mm512_set1_ps(1 / sqrtf(_mm512_reduce_add_ps(squares) / (float)count + 1e-5f));
    for (size_t i = 0; i < count; i += 16) {
        const __m512 v = _mm512_mul_ps(_mm512_sub_ps(_mm512_loadu_ps(x + i), mean), factor);
        _mm512_storeu_ps(y + i, _mm512_fmadd_ps(v, _mm512_loadu_ps(gain + i), _mm512_loadu_ps(bias + i)));
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
    for (size_t i = 0; i < count; i += 16) {
        __m512 sum = _mm512_loadu_ps(bias + i);
        for (size_t tap = 0; tap < CONFORMER_TAPS; tap++)
            sum = _mm512_fmadd_ps(
                _mm512_loadu_ps(weights + tap * count + i), _mm512_loadu_ps(x + tap * stride + i), sum);
        _mm512_storeu_ps(y + i, sum);
    }
}

static void swish(float *x, size_t count) {
    for (size_t i = 0; i < count; i += 16) {
        const __m512 v = _mm512_loadu_ps(x + i);
        _mm512_storeu_ps(x + i, _mm512_mul_ps(v, sigmoid(v)));
    }
}

// Floats in bfloat16, to nearest, ties to even.
INLINE __m256i narrowed(__m512 x) {
    const __m512i bits = _mm512_castps_si512(x);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    return _mm512_cvtepi32_epi16(
        _mm512_srli_epi32(_mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff))), 16));
}

INLINE void finish(conformer_end end, const __m512 *p, float *y, float *halves, uint16_t *narrow) {
    switch (end) {
    case CONFORMER_SWISH:
        for (int j = 0; j < VECTORS; j++) _mm512_storeu_ps(y + 16 * j, _mm512_mul_ps(p[j], sigmoid(p[j])));
        break;
    case CONFORMER_ADD:
        for (int j = 0; j < VECTORS; j++)
            _mm512_storeu_ps(y + 16 * j, _mm512_add_ps(p[j], _mm512_loadu_ps(y + 16 * j)));
        break;
    case CONFORMER_GATE:
        for (int j = 0; j < 2; j++) _mm512_storeu_ps(halves + 16 * j, _mm512_mul_ps(p[j], sigmoid(p[j + 2])));
        break;
    case CONFORMER_BFLOAT16:
        for (int j = 0; j < VECTORS; j++)
            _mm256_storeu_si256((__m256i *)(narrow + 16 * j), narrowed(p[j]));
        break;
    case CONFORMER_RECTIFY:
        for (int j = 0; j < VECTORS; j++) _mm512_storeu_ps(y + 16 * j, _mm512_max_ps(p[j], _mm512_setzero_ps()));
        break;
    }
}

// Some rows of one panel; `rows` and `end` are constants where this is inlined.
INLINE void block(const conformer_linear *layer, const conformer_rows *x, size_t row, const int rows, size_t panel,
                  const conformer_end end, void *y, size_t stride) {
    const size_t first = panel * CONFORMER_PANEL, inputs = layer->inputs;
    const int8_t *weights = layer->weights + first * inputs;
    const uint8_t *values = x->values + row * x->stride;
    __m512i sums[ROWS][VECTORS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < VECTORS; j++) sums[r][j] = _mm512_setzero_si512();
    for (size_t k = 0; k < inputs; k += 4, weights += 4 * CONFORMER_PANEL) {
        const __m512i b0 = _mm512_load_si512(weights), b1 = _mm512_load_si512(weights + 64);
        const __m512i b2 = _mm512_load_si512(weights + 128), b3 = _mm512_load_si512(weights + 192);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            int32_t four;
            __builtin_memcpy(&four, values + (size_t)r * x->stride + k, sizeof four);
            const __m512i a = _mm512_set1_epi32(four);
            sums[r][0] = _mm512_dpbusd_epi32(sums[r][0], a, b0);
            sums[r][1] = _mm512_dpbusd_epi32(sums[r][1], a, b1);
            sums[r][2] = _mm512_dpbusd_epi32(sums[r][2], a, b2);
            sums[r][3] = _mm512_dpbusd_epi32(sums[r][3], a, b3);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        const size_t place = (row + (size_t)r) * x->each, start = (row + (size_t)r) * stride;
        const __m512 scale = _mm512_set1_ps(x->scales[place]);
        const __m512i zero = _mm512_set1_epi32(x->zeros[place]);
        __m512 p[VECTORS];
        for (int j = 0; j < VECTORS; j++) {
            const size_t n = first + 16 * (size_t)j;
            const __m512i shift = _mm512_mullo_epi32(zero, _mm512_loadu_si512(layer->sums + n));
            const __m512 factor = _mm512_mul_ps(scale, _mm512_loadu_ps(layer->scales + n));
            p[j] = _mm512_fmadd_ps(
                _mm512_cvtepi32_ps(_mm512_sub_epi32(sums[r][j], shift)), factor, _mm512_loadu_ps(layer->bias + n));
        }
        finish(end, p, (float *)y + start + first, (float *)y + start + first / 2, (uint16_t *)y + start + first);
    }
}

INLINE void all_rows(const conformer_linear *layer, const conformer_rows *x, size_t rows, size_t panel,
                     const conformer_end end, void *y, size_t stride) {
    size_t row = 0;
    for (; row + ROWS <= rows; row += ROWS) block(layer, x, row, ROWS, panel, end, y, stride);
    switch (rows - row) {
    case 1: block(layer, x, row, 1, panel, end, y, stride); break;
    case 2: block(layer, x, row, 2, panel, end, y, stride); break;
    case 3: block(layer, x, row, 3, panel, end, y, stride); break;
    case 4: block(layer, x, row, 4, panel, end, y, stride); break;
    case 5: block(layer, x, row, 5, panel, end, y, stride); break;
    default: break;
    }
}

static void multiply(const conformer_linear *layer, const conformer_rows *x, size_t rows, size_t panel,
                     conformer_end end, void *y, size_t stride) {
    switch (end) {
    case CONFORMER_SWISH: all_rows(layer, x, rows, panel, CONFORMER_SWISH, y, stride); break;
    case CONFORMER_ADD: all_rows(layer, x, rows, panel, CONFORMER_ADD, y, stride); break;
    case CONFORMER_GATE: all_rows(layer, x, rows, panel, CONFORMER_GATE, y, stride); break;
    case CONFORMER_BFLOAT16: all_rows(layer, x, rows, panel, CONFORMER_BFLOAT16, y, stride); break;
    case CONFORMER_RECTIFY: all_rows(layer, x, rows, panel, CONFORMER_RECTIFY, y, stride); break;
    }
}

// Rows of a product of floats, `count` vectors of 16 columns.
INLINE void project_block(const float *x, size_t x_stride, const float *weights, const float *bias, size_t inputs,
                          size_t outputs, const int rows, float *y, size_t stride) {
    for (size_t n = 0; n < outputs; n += CONFORMER_PANEL) {
        // The last columns may be fewer than four vectors.
        __mmask16 used[VECTORS];
        for (size_t j = 0; j < VECTORS; j++) used[j] = n + 16 * j < outputs ? 0xffff : 0;
        __m512 sums[ROWS][VECTORS];
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < VECTORS; j++) sums[r][j] = _mm512_maskz_loadu_ps(used[j], bias + n + 16 * j);
        for (size_t k = 0; k < inputs; k++) {
            __m512 w[VECTORS];
            for (int j = 0; j < VECTORS; j++) w[j] = _mm512_maskz_loadu_ps(used[j], weights + k * outputs + n + 16 * j);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                const __m512 a = _mm512_set1_ps(x[(size_t)r * x_stride + k]);
                for (int j = 0; j < VECTORS; j++) sums[r][j] = _mm512_fmadd_ps(a, w[j], sums[r][j]);
            }
        }
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < VECTORS; j++)
                _mm512_mask_storeu_ps(
                    y + (size_t)r * stride + n + 16 * j, used[j], _mm512_max_ps(sums[r][j], _mm512_setzero_ps()));
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

static bool has_instructions(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
           && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni");
}

const conformer_kernels *conformer_avx512_floats(void) {
    static const conformer_kernels kernels = {
        "avx512-vnni-floats", range, quantize, norm, rotate, filter, swish, multiply, project, conformer_attend_avx2,
    };
    return has_instructions() ? &kernels : NULL;
}
#pragma clang attribute pop

#pragma clang attribute push(                                                                     \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,avx2,fma"))), \
    apply_to = function)
#include "conformer_avx512_attention.h"
#pragma clang attribute pop

const conformer_kernels *conformer_avx512(void) {
    static const conformer_kernels kernels = {
        "avx512-vnni", range, quantize, norm, rotate, filter, swish, multiply, project, attend,
    };
    return has_instructions() && __builtin_cpu_supports("avx512bf16") ? &kernels : NULL;
}
#endif
