// Compares a table of kernels with the reference on random shapes and values.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "include/conformer.h"

enum { MOST_ROWS = 20, MOST_COUNT = 320, MOST_PANELS = 3, MOST_FRAMES = 90, WIDTH = MOST_PANELS * CONFORMER_PANEL };

typedef struct {
    uint64_t state;
    float x[MOST_FRAMES * 96], y[2][MOST_FRAMES * 96], matrix[MOST_COUNT * WIDTH];
    float gain[MOST_COUNT], bias[MOST_COUNT], scales[MOST_ROWS];
    uint16_t narrow[3][MOST_FRAMES * 96], short_y[2][MOST_ROWS * WIDTH];
    uint8_t steps[2][MOST_ROWS * MOST_COUNT];
    int32_t zeros[MOST_ROWS], sums[WIDTH];
    _Alignas(64) int8_t weights[WIDTH * MOST_COUNT];
    _Alignas(64) char space[128 * (4 * CONFORMER_HEAD + 36)];
} trial;

// Numbers that are the same on every run (xorshift).
static uint32_t number(trial *trial) {
    trial->state ^= trial->state << 13, trial->state ^= trial->state >> 7, trial->state ^= trial->state << 17;
    return (uint32_t)(trial->state >> 32);
}

static void fill(trial *trial, float *x, size_t count, float size) {
    for (size_t i = 0; i < count; i++) x[i] = size * ((float)number(trial) / 2147483648.0f - 1);
}

static bool differs(const float *a, const float *b, size_t count, float share) {
    float largest = 0, difference = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmaxf(largest, fabsf(a[i]));
        if (!(fabsf(a[i] - b[i]) <= difference)) difference = fabsf(a[i] - b[i]);
    }
    return !(difference <= share * largest);
}

static const char *check_rows(trial *t, const conformer_kernels *a, const conformer_kernels *b) {
    const size_t count = 16 * (1 + number(t) % (MOST_COUNT / 16));
    float low[2], high[2], scale[2];
    int32_t zero[2];
    fill(t, t->x, 5 * count, number(t) % 4 ? 30 : 0);
    fill(t, t->gain, count, 2), fill(t, t->bias, count, 1), fill(t, t->matrix, 5 * count, 1);
    a->range(t->x, count, low, high), b->range(t->x, count, low + 1, high + 1);
    if (low[0] != low[1] || high[0] != high[1]) return "range";
    a->quantize(t->x, count, *low, *high, t->steps[0], scale, zero);
    b->quantize(t->x, count, *low, *high, t->steps[1], scale + 1, zero + 1);
    if (memcmp(t->steps[0], t->steps[1], count) != 0 || scale[0] != scale[1] || zero[0] != zero[1]) return "quantize";
    a->norm(t->x, t->gain, t->bias, count, t->y[0]), b->norm(t->x, t->gain, t->bias, count, t->y[1]);
    if (differs(t->y[0], t->y[1], count, 1e-5f)) return "norm";
    a->filter(t->x, count, t->matrix, t->bias, count, t->y[0]);
    b->filter(t->x, count, t->matrix, t->bias, count, t->y[1]);
    if (differs(t->y[0], t->y[1], count, 1e-5f)) return "filter";
    memcpy(t->y[0], t->x, count * sizeof(float)), memcpy(t->y[1], t->x, count * sizeof(float));
    a->swish(t->y[0], count), b->swish(t->y[1], count);
    if (differs(t->y[0], t->y[1], count, 1e-5f)) return "swish";
    const size_t half = 8 * (1 + number(t) % 4), heads = 1 + number(t) % 4;
    fill(t, t->x, 2 * half * heads, 3);
    a->rotate(t->x, t->gain, t->bias, heads, half, t->y[0]), b->rotate(t->x, t->gain, t->bias, heads, half, t->y[1]);
    return differs(t->y[0], t->y[1], 2 * half * heads, 1e-5f) ? "rotate" : NULL;
}

static const char *check_products(trial *t, const conformer_kernels *a, const conformer_kernels *b) {
    const size_t inputs = 16 * (1 + number(t) % (MOST_COUNT / 16)), count = 1 + number(t) % MOST_PANELS;
    const size_t rows = 1 + number(t) % MOST_ROWS, width = count * CONFORMER_PANEL;
    fill(t, t->gain, width, 0.01f), fill(t, t->bias, width, 1), fill(t, t->scales, rows, 0.05f);
    for (size_t i = 0; i < inputs * width; i++) t->weights[i] = (int8_t)((int)(number(t) % 255) - 127);
    for (size_t i = 0; i < inputs * rows; i++) t->steps[0][i] = (uint8_t)number(t);
    for (size_t i = 0; i < rows; i++) t->zeros[i] = (int32_t)(number(t) % 256);
    for (size_t n = 0; n < width; n++) {
        const int8_t *panel = t->weights + n / CONFORMER_PANEL * CONFORMER_PANEL * inputs;
        t->sums[n] = 0;
        for (size_t k = 0; k < inputs; k++)
            t->sums[n] += panel[(k / 4 * CONFORMER_PANEL + n % CONFORMER_PANEL) * 4 + k % 4];
    }
    const conformer_linear layer = {t->weights, t->gain, t->bias, t->sums, inputs, count};
    const conformer_rows x = {t->steps[0], inputs, t->scales, t->zeros, number(t) % 2};
    static const conformer_end ends[] = {CONFORMER_SWISH, CONFORMER_ADD, CONFORMER_GATE, CONFORMER_RECTIFY};
    for (size_t end = 0; end < sizeof ends / sizeof *ends; end++) {
        fill(t, t->y[0], rows * width, 1);
        memcpy(t->y[1], t->y[0], rows * width * sizeof(float));
        for (size_t panel = 0; panel < count; panel++)
            a->multiply(&layer, &x, rows, panel, ends[end], t->y[0], width),
                b->multiply(&layer, &x, rows, panel, ends[end], t->y[1], width);
        if (differs(t->y[0], t->y[1], rows * width, 1e-5f)) return "multiply";
    }
    for (size_t panel = 0; panel < count; panel++)
        a->multiply(&layer, &x, rows, panel, CONFORMER_BFLOAT16, t->short_y[0], width),
            b->multiply(&layer, &x, rows, panel, CONFORMER_BFLOAT16, t->short_y[1], width);
    // Sums that differ in the last bit may be rounded to neighbours.
    for (size_t i = 0; i < rows * width; i++)
        if (abs(t->short_y[0][i] - t->short_y[1][i]) > 1) return "multiply";
    const size_t outputs = 16 * (1 + number(t) % (WIDTH / 16)), stride = 16 * (number(t) % 9);
    fill(t, t->x, stride * rows + inputs, 1), fill(t, t->matrix, inputs * outputs, 1), fill(t, t->bias, outputs, 1);
    a->project(t->x, stride, t->matrix, t->bias, inputs, outputs, rows, t->y[0], outputs);
    b->project(t->x, stride, t->matrix, t->bias, inputs, outputs, rows, t->y[1], outputs);
    return differs(t->y[0], t->y[1], rows * outputs, 1e-5f) ? "project" : NULL;
}

static const char *check_attention(trial *t, const conformer_kernels *a, const conformer_kernels *b) {
    const size_t frames = 1 + number(t) % MOST_FRAMES, head = 16 * (1 + number(t) % 4), stride = head + 16;
    for (size_t part = 0; part < 3; part++)
        for (size_t i = 0; i < frames * stride; i++) {
            float value;
            uint32_t bits;
            fill(t, &value, 1, part == 2 ? 1 : 4);
            memcpy(&bits, &value, sizeof bits);
            t->narrow[part][i] = (uint16_t)(bits >> 16);
        }
    memset(t->y[0], 0, sizeof t->y[0]), memset(t->y[1], 0, sizeof t->y[1]);
    a->attend(t->narrow[0], t->narrow[1], t->narrow[2], frames, head, stride, t->y[0], stride, t->space);
    b->attend(t->narrow[0], t->narrow[1], t->narrow[2], frames, head, stride, t->y[1], stride, t->space);
    // Probabilities that differ in the last bit may be rounded to neighbours.
    return differs(t->y[0], t->y[1], frames * stride, 4e-3f) ? "attend" : NULL;
}

const char *conformer_difference(const conformer_kernels *kernels, uint64_t seed) {
    trial *trial = NULL;
    if (posix_memalign((void **)&trial, 64, sizeof *trial) != 0) return "memory";
    memset(trial, 0, sizeof *trial);
    trial->state = seed * 2 + 88172645463325253;
    const char *name = check_rows(trial, conformer_scalar(), kernels);
    if (!name) name = check_products(trial, conformer_scalar(), kernels);
    if (!name) name = check_attention(trial, conformer_scalar(), kernels);
    free(trial);
    return name;
}
