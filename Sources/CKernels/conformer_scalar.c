// The reference kernels: one number at a time, in the order in which the formulas are written.
#include <math.h>
#include <string.h>

#include "include/conformer.h"

static uint16_t to_bfloat16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);  // to nearest, ties to even
}

static float from_bfloat16(uint16_t x) {
    const uint32_t bits = (uint32_t)x << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float sigmoid(float x) { return 1 / (1 + expf(-x)); }

static void range(const float *x, size_t count, float *low, float *high) {
    float least = 0, greatest = 0;
    for (size_t i = 0; i < count; i++) {
        least = x[i] < least ? x[i] : least;
        greatest = x[i] > greatest ? x[i] : greatest;
    }
    *low = least, *high = greatest;
}

static void quantize(const float *x, size_t count, float low, float high, uint8_t *steps, float *scale, int32_t *zero) {
    const float step = high > low ? (high - low) / 255 : 1, inverse = 1 / step;
    const int32_t origin = (int32_t)lrintf(-low / step);
    for (size_t i = 0; i < count; i++) {
        const int32_t value = (int32_t)lrintf(x[i] * inverse) + origin;
        steps[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
    *scale = step, *zero = origin;
}

static void norm(const float *x, const float *gain, const float *bias, size_t count, float *y) {
    float sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) sum += x[i];
    const float mean = sum / (float)count;
    for (size_t i = 0; i < count; i++) squares += (x[i] - mean) * (x[i] - mean);
    const float factor = 1 / sqrtf(squares / (float)count + 1e-5f);
    for (size_t i = 0; i < count; i++) y[i] = (x[i] - mean) * factor * gain[i] + bias[i];
}

static void rotate(const float *x, const float *cosine, const float *sine, size_t heads, size_t half, float *y) {
    for (size_t head = 0; head < heads; head++, x += 2 * half, y += 2 * half)
        for (size_t i = 0; i < half; i++) {
            const float a = x[i], b = x[half + i];
            y[i] = a * cosine[i] - b * sine[i];
            y[half + i] = b * cosine[i] + a * sine[i];
        }
}

static void filter(const float *x, size_t stride, const float *weights, const float *bias, size_t count, float *y) {
    for (size_t i = 0; i < count; i++) {
        float sum = bias[i];
        for (size_t tap = 0; tap < CONFORMER_TAPS; tap++) sum += weights[tap * count + i] * x[tap * stride + i];
        y[i] = sum;
    }
}

static void swish(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] *= sigmoid(x[i]);
}

static void finish(conformer_end end, const float *p, void *y, size_t first) {
    float *out = (float *)y + first;
    switch (end) {
    case CONFORMER_SWISH:
        for (size_t n = 0; n < CONFORMER_PANEL; n++) out[n] = p[n] * sigmoid(p[n]);
        break;
    case CONFORMER_ADD:
        for (size_t n = 0; n < CONFORMER_PANEL; n++) out[n] += p[n];
        break;
    case CONFORMER_GATE:
        for (size_t n = 0; n < CONFORMER_PANEL / 2; n++)
            ((float *)y)[first / 2 + n] = p[n] * sigmoid(p[n + CONFORMER_PANEL / 2]);
        break;
    case CONFORMER_BFLOAT16:
        for (size_t n = 0; n < CONFORMER_PANEL; n++) ((uint16_t *)y)[first + n] = to_bfloat16(p[n]);
        break;
    case CONFORMER_RECTIFY:
        for (size_t n = 0; n < CONFORMER_PANEL; n++) out[n] = p[n] > 0 ? p[n] : 0;
        break;
    }
}

static void multiply(const conformer_linear *layer, const conformer_rows *x, size_t rows, size_t panel,
                     conformer_end end, void *y, size_t stride) {
    const size_t first = panel * CONFORMER_PANEL, size = end == CONFORMER_BFLOAT16 ? 2 : 4;
    const int8_t *weights = layer->weights + first * layer->inputs;
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *values = x->values + row * x->stride;
        float products[CONFORMER_PANEL];
        for (size_t n = 0; n < CONFORMER_PANEL; n++) {
            int32_t sum = 0;
            for (size_t k = 0; k < layer->inputs; k++)
                sum += values[k] * weights[(k / 4 * CONFORMER_PANEL + n) * 4 + k % 4];
            sum -= x->zeros[row * x->each] * layer->sums[first + n];
            products[n] = (float)sum * (x->scales[row * x->each] * layer->scales[first + n]) + layer->bias[first + n];
        }
        finish(end, products, (char *)y + row * stride * size, first);
    }
}

static void project(const float *x, size_t x_stride, const float *weights, const float *bias, size_t inputs,
                    size_t outputs, size_t rows, float *y, size_t stride) {
    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < outputs; n++) {
            float sum = bias[n];
            for (size_t k = 0; k < inputs; k++) sum += x[row * x_stride + k] * weights[k * outputs + n];
            y[row * stride + n] = sum > 0 ? sum : 0;
        }
}

static void attend(const uint16_t *query, const uint16_t *key, const uint16_t *value, size_t frames, size_t head,
                   size_t stride, float *y, size_t y_stride, void *space) {
    float *scores = space;
    const float factor = 1 / sqrtf((float)head);
    for (size_t row = 0; row < frames; row++) {
        float most = -INFINITY, sum = 0;
        for (size_t t = 0; t < frames; t++) {
            float score = 0;
            for (size_t i = 0; i < head; i++)
                score += from_bfloat16(query[row * stride + i]) * from_bfloat16(key[t * stride + i]);
            scores[t] = score * factor;
            most = scores[t] > most ? scores[t] : most;
        }
        for (size_t t = 0; t < frames; t++) sum += scores[t] = expf(scores[t] - most);
        for (size_t i = 0; i < head; i++) {
            float total = 0;
            for (size_t t = 0; t < frames; t++)
                total += from_bfloat16(to_bfloat16(scores[t])) * from_bfloat16(value[t * stride + i]);
            y[row * y_stride + i] = total / sum;
        }
    }
}

size_t conformer_attention_space(size_t frames, size_t head) {
    const size_t padded = (frames + 63) / 64 * 64;
    // Keys and values in bfloat16; scores in floats and probabilities in bfloat16 of 6 rows.
    return padded * (4 * head + 6 * 6);
}

const conformer_kernels *conformer_scalar(void) {
    static const conformer_kernels kernels = {
        "scalar", range, quantize, norm, rotate, filter, swish, multiply, project, attend,
    };
    return &kernels;
}
