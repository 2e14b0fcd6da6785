// What conformer.c and conformer_layer.c share.
#ifndef CONFORMER_RUN_H
#define CONFORMER_RUN_H

#include "include/conformer.h"

enum { BANDS = 64, CONFORMER_FORM = 1 };

typedef struct {
    const float *gain, *bias;
} conformer_norm;

typedef struct {
    conformer_norm first_norm, attention_norm, convolution_norm, inner_norm, second_norm, norm;
    conformer_linear first_up, first_down, query, key, value, output, gated, convolution_output, second_up, second_down;
    const float *depthwise, *depthwise_bias;
} conformer_layer;

struct conformer {
    size_t channels, inner, heads, layer_count, positions, samples;
    const float *features, *encoded;
    const float *cosine, *sine;        // [position][half a head]
    const float *first, *first_bias;   // [tap × band][channel]
    conformer_linear second;           // inputs: [tap × channel]
    conformer_layer layers[];
};

// Steps that are being written; see conformer_rows.
typedef struct {
    uint8_t *values;
    float *scales;
    int32_t *zeros;
} steps;

// One window on its way through the encoder. Rows are padded to whole panels, the padding being zero.
typedef struct {
    const conformer *encoder;
    const conformer_kernels *kernels;
    conformer_team *team;
    const conformer_layer *layer, *next;  // next: NULL in the last layer
    size_t count, half_count, frames, width, inner_width;
    float *padded, *halved, *low, *high;
    float greatest;
    uint8_t *half_steps;
    float *trunk, *inner, *gated;
    uint16_t *query, *key, *value;
    steps wide, narrow;
    char *space;
    size_t space_size;
} run;

static inline size_t panels(size_t columns) { return (columns + CONFORMER_PANEL - 1) / CONFORMER_PANEL; }

// Features to the trunk, and the input of the first layer.
void run_subsampling(run *run, const float *features);
void run_layer(run *run, size_t layer);

#endif
