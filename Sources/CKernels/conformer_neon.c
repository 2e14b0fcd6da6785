// Kernels for NEON: products of integers by the dot products of Armv8.2 or the matrix products of I8MM.
#include "conformer_sets.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#include <math.h>

#if defined(__APPLE__)
#include <sys/sysctl.h>
#elif defined(__linux__)
#include <sys/auxv.h>
#endif

#define INLINE static inline __attribute__((always_inline))
enum { ROWS = 6, VECTORS = CONFORMER_PANEL / 4 };

// e^x by a polynomial of degree 5; relative error below 7e-6.
INLINE float32x4_t exponential(float32x4_t x) {
    x = vmaxq_f32(vminq_f32(x, vdupq_n_f32(88)), vdupq_n_f32(-87));
    const float32x4_t t = vmulq_n_f32(x, 1.44269504f), n = vrndnq_f32(t), f = vsubq_f32(t, n);
    float32x4_t p = vdupq_n_f32(1.33336e-3f);
    p = vfmaq_f32(vdupq_n_f32(9.61812e-3f), p, f);
    p = vfmaq_f32(vdupq_n_f32(5.55041e-2f), p, f);
    p = vfmaq_f32(vdupq_n_f32(0.240226507f), p, f);
    p = vfmaq_f32(vdupq_n_f32(0.693147182f), p, f);
    p = vfmaq_f32(vdupq_n_f32(1), p, f);
    const int32x4_t exponent = vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127));
    return vmulq_f32(p, vreinterpretq_f32_s32(vshlq_n_s32(exponent, 23)));
}

// x * sigmoid(gate)
INLINE float32x4_t gated(float32x4_t x, float32x4_t gate) {
    return vdivq_f32(x, vaddq_f32(vdupq_n_f32(1), exponential(vnegq_f32(gate))));
}

// Floats in bfloat16, to nearest, ties to even, in the upper halves.
INLINE uint32x4_t rounded(float32x4_t x) {
    const uint32x4_t bits = vreinterpretq_u32_f32(x);
    const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
    return vaddq_u32(bits, vaddq_u32(odd, vdupq_n_u32(0x7fff)));
}

static void range(const float *x, size_t count, float *low, float *high) {
    float32x4_t least = vdupq_n_f32(0), greatest = least;
    for (size_t i = 0; i < count; i += 4) {
        const float32x4_t v = vld1q_f32(x + i);
        least = vminq_f32(least, v), greatest = vmaxq_f32(greatest, v);
    }
    *low = vminvq_f32(least), *high = vmaxvq_f32(greatest);
}

static void quantize(const float *x, size_t count, float low, float high, uint8_t *steps, float *scale, int32_t *zero) {
    const float step = high > low ? (high - low) / 255 : 1, inverse = 1 / step;
    const int32_t origin = (int32_t)lrintf(-low / step);
    for (size_t i = 0; i < count; i += 16) {
        int16x4_t parts[4];
        for (size_t j = 0; j < 4; j++) {
            const int32x4_t v = vcvtnq_s32_f32(vmulq_n_f32(vld1q_f32(x + i + 4 * j), inverse));
            parts[j] = vqmovn_s32(vaddq_s32(v, vdupq_n_s32(origin)));
        }
        vst1_u8(steps + i, vqmovun_s16(vcombine_s16(parts[0], parts[1])));
        vst1_u8(steps + i + 8, vqmovun_s16(vcombine_s16(parts[2], parts[3])));
    }
    *scale = step, *zero = origin;
}

static void norm(const float *x, const float *gain, const float *bias, size_t count, float *y) {
    float32x4_t sum = vdupq_n_f32(0), squares = sum;
    for (size_t i = 0; i < count; i += 4) sum = vaddq_f32(sum, vld1q_f32(x + i));
    const float32x4_t mean = vdupq_n_f32(vaddvq_f32(sum) / (float)count);
    for (size_t i = 0; i < count; i += 4) {
        const float32x4_t v = vsubq_f32(vld1q_f32(x + i), mean);
        squares = vfmaq_f32(squares, v, v);
    }
    const float factor = 1 / sqrtf(vaddvq_f32(squares) / (float)count + 1e-5f);
    for (size_t i = 0; i < count; i += 4) {
        const float32x4_t v = vmulq_n_f32(vsubq_f32(vld1q_f32(x + i), mean), factor);
        vst1q_f32(y + i, vfmaq_f32(vld1q_f32(bias + i), v, vld1q_f32(gain + i)));
    }
}

static void rotate(const float *x, const float *cosine, const float *sine, size_t heads, size_t half, float *y) {
    for (size_t head = 0; head < heads; head++, x += 2 * half, y += 2 * half)
        for (size_t i = 0; i < half; i += 4) {
            const float32x4_t a = vld1q_f32(x + i), b = vld1q_f32(x + half + i);
            const float32x4_t c = vld1q_f32(cosine + i), s = vld1q_f32(sine + i);
            vst1q_f32(y + i, vfmsq_f32(vmulq_f32(a, c), b, s));
            vst1q_f32(y + half + i, vfmaq_f32(vmulq_f32(a, s), b, c));
        }
}

static void filter(const float *x, size_t stride, const float *weights, const float *bias, size_t count, float *y) {
    for (size_t i = 0; i < count; i += 4) {
        float32x4_t sum = vld1q_f32(bias + i);
        for (size_t tap = 0; tap < CONFORMER_TAPS; tap++)
            sum = vfmaq_f32(sum, vld1q_f32(weights + tap * count + i), vld1q_f32(x + tap * stride + i));
        vst1q_f32(y + i, sum);
    }
}

static void swish(float *x, size_t count) {
    for (size_t i = 0; i < count; i += 4) {
        const float32x4_t v = vld1q_f32(x + i);
        vst1q_f32(x + i, gated(v, v));
    }
}

INLINE void finish(conformer_end end, const float32x4_t *p, float *y, float *halves, uint16_t *narrow) {
    switch (end) {
    case CONFORMER_SWISH:
        for (int j = 0; j < VECTORS; j++) vst1q_f32(y + 4 * j, gated(p[j], p[j]));
        break;
    case CONFORMER_ADD:
        for (int j = 0; j < VECTORS; j++) vst1q_f32(y + 4 * j, vaddq_f32(p[j], vld1q_f32(y + 4 * j)));
        break;
    case CONFORMER_GATE:
        for (int j = 0; j < VECTORS / 2; j++) vst1q_f32(halves + 4 * j, gated(p[j], p[j + VECTORS / 2]));
        break;
    case CONFORMER_BFLOAT16:
        for (int j = 0; j < VECTORS; j++) vst1_u16(narrow + 4 * j, vshrn_n_u32(rounded(p[j]), 16));
        break;
    case CONFORMER_RECTIFY:
        for (int j = 0; j < VECTORS; j++) vst1q_f32(y + 4 * j, vmaxq_f32(p[j], vdupq_n_f32(0)));
        break;
    }
}

// Sums of some rows with one panel.
typedef void add_products(const int8_t *panel, size_t inputs, const uint8_t *const *rows, size_t count,
                          int32x4_t (*sums)[VECTORS]);

// `offset` is what was taken from the steps before they were multiplied.
INLINE void multiply_with(add_products *add, int32_t offset, const conformer_linear *layer, const conformer_rows *x,
                          size_t rows, size_t panel, conformer_end end, void *y, size_t stride) {
    const size_t first = panel * CONFORMER_PANEL;
    for (size_t row = 0; row < rows; row += ROWS) {
        const size_t count = rows - row < ROWS ? rows - row : ROWS;
        const uint8_t *values[ROWS];
        int32x4_t sums[ROWS][VECTORS];
        // The last row stands in for those that are missing.
        for (size_t r = 0; r < ROWS; r++) values[r] = x->values + (row + (r < count ? r : count - 1)) * x->stride;
        add(layer->weights + first * layer->inputs, layer->inputs, values, count, sums);
        for (size_t r = 0; r < count; r++) {
            const size_t place = (row + r) * x->each, start = (row + r) * stride;
            float32x4_t p[VECTORS];
            for (size_t j = 0; j < VECTORS; j++) {
                const size_t n = first + 4 * j;
                const int32x4_t sum = vmlsq_n_s32(sums[r][j], vld1q_s32(layer->sums + n), x->zeros[place] - offset);
                const float32x4_t factor = vmulq_n_f32(vld1q_f32(layer->scales + n), x->scales[place]);
                p[j] = vfmaq_f32(vld1q_f32(layer->bias + n), vcvtq_f32_s32(sum), factor);
            }
            finish(end, p, (float *)y + start + first, (float *)y + start + first / 2, (uint16_t *)y + start + first);
        }
    }
}

// Rows of a product of floats.
INLINE void project_block(const float *x, size_t x_stride, const float *weights, const float *bias, size_t inputs,
                          size_t outputs, const int rows, float *y, size_t stride) {
    for (size_t n = 0; n < outputs; n += 16) {
        float32x4_t sums[ROWS][4];
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < 4; j++) sums[r][j] = vld1q_f32(bias + n + 4 * j);
        for (size_t k = 0; k < inputs; k++) {
            float32x4_t w[4];
            for (int j = 0; j < 4; j++) w[j] = vld1q_f32(weights + k * outputs + n + 4 * j);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++)
                for (int j = 0; j < 4; j++) sums[r][j] = vfmaq_n_f32(sums[r][j], w[j], x[(size_t)r * x_stride + k]);
        }
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < 4; j++)
                vst1q_f32(y + (size_t)r * stride + n + 4 * j, vmaxq_f32(sums[r][j], vdupq_n_f32(0)));
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

#include "conformer_neon_attention.h"
#include "conformer_neon_multiply.h"

#define TABLE(name, multiply) {name, range, quantize, norm, rotate, filter, swish, multiply, project, attend}

const conformer_kernels *conformer_dotprod(void) {
    static const conformer_kernels kernels = TABLE("neon-dotprod", multiply_dotprod);
#if defined(__APPLE__)
    int has = 0;
    size_t size = sizeof has;
    return sysctlbyname("hw.optional.arm.FEAT_DotProd", &has, &size, NULL, 0) == 0 && has ? &kernels : NULL;
#elif defined(__linux__)
    return getauxval(AT_HWCAP) >> 20 & 1 ? &kernels : NULL;  // HWCAP_ASIMDDP
#else
    return NULL;
#endif
}

const conformer_kernels *conformer_i8mm(void) {
    static const conformer_kernels kernels = TABLE("neon-i8mm", multiply_i8mm);
#if defined(__APPLE__)
    int has = 0;
    size_t size = sizeof has;
    return sysctlbyname("hw.optional.arm.FEAT_I8MM", &has, &size, NULL, 0) == 0 && has ? &kernels : NULL;
#elif defined(__linux__)
    return getauxval(AT_HWCAP2) >> 13 & 1 ? &kernels : NULL;  // HWCAP2_I8MM
#else
    return NULL;
#endif
}
#endif
