// The stages of a layer. Each is split into parts that any thread may take: rows, panels or heads.
#include <string.h>

#include "conformer_run.h"

enum { ROWS_OF_A_PART = 8, HALF_ROWS_OF_A_PART = 24 };

typedef void stage(void *context, size_t part);

static void split(run *run, stage *stage, size_t parts) { conformer_team_run(run->team, stage, run, parts); }

static void by_rows(run *run, stage *stage) {
    split(run, stage, (run->frames + ROWS_OF_A_PART - 1) / ROWS_OF_A_PART);
}

#define FOR_ROWS(t)                                                                         \
    run *run = context;                                                                     \
    const conformer_kernels *kernels = run->kernels;                                        \
    const size_t channels = run->encoder->channels, first = part * ROWS_OF_A_PART;          \
    const size_t last = first + ROWS_OF_A_PART < run->frames ? first + ROWS_OF_A_PART : run->frames; \
    for (size_t t = first; t < last; t++)

static void quantize(const run *run, const float *x, size_t count, size_t stride, const steps *steps, size_t row) {
    float low, high;
    run->kernels->range(x, count, &low, &high);
    run->kernels->quantize(
        x, count, low, high, steps->values + row * stride, steps->scales + row, steps->zeros + row);
}

static void norm_to_steps(const run *run, const conformer_norm *norm, size_t row) {
    float y[CONFORMER_LARGEST];
    const size_t channels = run->encoder->channels;
    run->kernels->norm(run->trunk + row * run->width, norm->gain, norm->bias, channels, y);
    quantize(run, y, channels, run->width, &run->narrow, row);
}

static conformer_rows narrow(const run *run) {
    return (conformer_rows){run->narrow.values, run->width, run->narrow.scales, run->narrow.zeros, 1};
}

static conformer_rows wide(const run *run) {
    return (conformer_rows){run->wide.values, run->inner_width, run->wide.scales, run->wide.zeros, 1};
}

// Subsampling

#define FOR_HALF_ROWS                                                                       \
    run *run = context;                                                                     \
    const size_t channels = run->encoder->channels, first = part * HALF_ROWS_OF_A_PART;     \
    const size_t last = first + HALF_ROWS_OF_A_PART < run->half_count ? first + HALF_ROWS_OF_A_PART : run->half_count;

static void first_convolution(void *context, size_t part) {
    FOR_HALF_ROWS
    float *y = run->halved + first * channels;
    run->kernels->project(
        run->padded + first * 2 * BANDS, 2 * BANDS, run->encoder->first, run->encoder->first_bias,
        CONFORMER_TAPS * BANDS, channels, last - first, y, channels);
    run->kernels->range(y, (last - first) * channels, run->low + part, run->high + part);
}

static void steps_of_halves(void *context, size_t part) {
    FOR_HALF_ROWS
    float scale;
    int32_t zero;
    // Two rows of padding in front; the range starts at zero, so that its step is 0.
    run->kernels->quantize(
        run->halved + first * channels, (last - first) * channels, 0, run->greatest,
        run->half_steps + (first + 2) * channels, &scale, &zero);
}

static void second_convolution(void *context, size_t part) {
    run *run = context;
    const size_t channels = run->encoder->channels;
    const float scale = run->greatest > 0 ? run->greatest / 255 : 1;
    const int32_t zero = 0;
    // Rows overlap: each reads 5 rows of the halves, 2 further than the one before.
    const conformer_rows x = {run->half_steps, 2 * channels, &scale, &zero, 0};
    run->kernels->multiply(&run->encoder->second, &x, run->frames, part, CONFORMER_RECTIFY, run->trunk, run->width);
}

static void enter_first_layer(void *context, size_t part) {
    FOR_ROWS(t) norm_to_steps(run, &run->encoder->layers[0].first_norm, t);
    (void)channels, (void)kernels;
}

void run_subsampling(run *run, const float *features) {
    const size_t channels = run->encoder->channels;
    const size_t parts = (run->half_count + HALF_ROWS_OF_A_PART - 1) / HALF_ROWS_OF_A_PART;
    memset(run->padded, 0, 2 * BANDS * sizeof(float));
    memcpy(run->padded + 2 * BANDS, features, run->count * BANDS * sizeof(float));
    memset(run->padded + (run->count + 2) * BANDS, 0, 6 * BANDS * sizeof(float));
    memset(run->half_steps, 0, 2 * channels);
    memset(run->half_steps + (run->half_count + 2) * channels, 0, 6 * channels);
    memset(run->gated, 0, 2 * run->width * sizeof(float));
    memset(run->gated + (run->frames + 2) * run->width, 0, 2 * run->width * sizeof(float));
    split(run, first_convolution, parts);
    run->greatest = 0;
    for (size_t part = 0; part < parts; part++)
        if (run->high[part] > run->greatest) run->greatest = run->high[part];
    split(run, steps_of_halves, parts);
    split(run, second_convolution, run->encoder->second.panels);
    by_rows(run, enter_first_layer);
}

// Products

#define PRODUCT(name, input, end, target, stride)                                                       \
    static void name(void *context, size_t part) {                                                      \
        run *run = context;                                                                             \
        const conformer_rows x = input(run);                                                            \
        run->kernels->multiply(&run->layer->name, &x, run->frames, part, end, run->target, run->stride); \
    }

PRODUCT(first_up, narrow, CONFORMER_SWISH, inner, inner_width)
PRODUCT(first_down, wide, CONFORMER_ADD, trunk, width)
PRODUCT(query, wide, CONFORMER_BFLOAT16, query, width)
PRODUCT(key, wide, CONFORMER_BFLOAT16, key, width)
PRODUCT(value, narrow, CONFORMER_BFLOAT16, value, width)
PRODUCT(output, wide, CONFORMER_ADD, trunk, width)
// Its rows lie between two rows of padding on each side.
static void gated(void *context, size_t part) {
    run *run = context;
    const conformer_rows x = narrow(run);
    run->kernels->multiply(
        &run->layer->gated, &x, run->frames, part, CONFORMER_GATE, run->gated + 2 * run->width, run->width);
}
PRODUCT(convolution_output, narrow, CONFORMER_ADD, trunk, width)
PRODUCT(second_up, narrow, CONFORMER_SWISH, inner, inner_width)
PRODUCT(second_down, wide, CONFORMER_ADD, trunk, width)

static void projections(void *context, size_t part) {
    run *run = context;
    const size_t count = run->layer->query.panels;
    (part < count ? query : part < 2 * count ? key : value)(context, part % count);
}

// Rows

static void inner_steps(void *context, size_t part) {
    FOR_ROWS(t) quantize(run, run->inner + t * run->inner_width, run->encoder->inner, run->inner_width, &run->wide, t);
    (void)channels, (void)kernels;
}

static void context_steps(void *context, size_t part) {
    FOR_ROWS(t) quantize(run, run->inner + t * run->inner_width, channels, run->inner_width, &run->wide, t);
    (void)kernels;
}

// The value reads the normed rows, query and key the rotated ones.
static void enter_attention(void *context, size_t part) {
    float normed[CONFORMER_LARGEST], rotated[CONFORMER_LARGEST];
    FOR_ROWS(t) {
        const conformer_norm *norm = &run->layer->attention_norm;
        const size_t heads = run->encoder->heads, half = channels / heads / 2;
        kernels->norm(run->trunk + t * run->width, norm->gain, norm->bias, channels, normed);
        quantize(run, normed, channels, run->width, &run->narrow, t);
        kernels->rotate(normed, run->encoder->cosine + t * half, run->encoder->sine + t * half, heads, half, rotated);
        quantize(run, rotated, channels, run->inner_width, &run->wide, t);
    }
}

static void attention(void *context, size_t part) {
    run *run = context;
    const size_t head = run->encoder->channels / run->encoder->heads, first = part * head;
    run->kernels->attend(
        run->query + first, run->key + first, run->value + first, run->frames, head, run->width, run->inner + first,
        run->inner_width, run->space + part * run->space_size);
}

static void enter_convolution(void *context, size_t part) {
    FOR_ROWS(t) norm_to_steps(run, &run->layer->convolution_norm, t);
    (void)channels, (void)kernels;
}

static void convolve(void *context, size_t part) {
    float y[CONFORMER_LARGEST];
    FOR_ROWS(t) {
        const conformer_layer *layer = run->layer;
        kernels->filter(
            run->gated + t * run->width, run->width, layer->depthwise, layer->depthwise_bias, channels, y);
        kernels->norm(y, layer->inner_norm.gain, layer->inner_norm.bias, channels, y);
        kernels->swish(y, channels);
        quantize(run, y, channels, run->width, &run->narrow, t);
    }
}

static void enter_second(void *context, size_t part) {
    FOR_ROWS(t) norm_to_steps(run, &run->layer->second_norm, t);
    (void)channels, (void)kernels;
}

static void leave(void *context, size_t part) {
    FOR_ROWS(t) {
        float *x = run->trunk + t * run->width;
        kernels->norm(x, run->layer->norm.gain, run->layer->norm.bias, channels, x);
        if (run->next) norm_to_steps(run, &run->next->first_norm, t);
    }
}

void run_layer(run *run, size_t number) {
    const conformer *encoder = run->encoder;
    const conformer_layer *layer = run->layer = &encoder->layers[number];
    run->next = number + 1 < encoder->layer_count ? layer + 1 : NULL;
    split(run, first_up, layer->first_up.panels);
    by_rows(run, inner_steps);
    split(run, first_down, layer->first_down.panels);
    by_rows(run, enter_attention);
    split(run, projections, 3 * layer->query.panels);
    split(run, attention, encoder->heads);
    by_rows(run, context_steps);
    split(run, output, layer->output.panels);
    by_rows(run, enter_convolution);
    split(run, gated, layer->gated.panels);
    by_rows(run, convolve);
    split(run, convolution_output, layer->convolution_output.panels);
    by_rows(run, enter_second);
    split(run, second_up, layer->second_up.panels);
    by_rows(run, inner_steps);
    split(run, second_down, layer->second_down.panels);
    by_rows(run, leave);
}
