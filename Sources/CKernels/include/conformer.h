// A Conformer encoder as GigaAM v3 has it, in 8-bit integers: weights have one scale an output, activations one a row.
//
// An instruction set is a table of kernels, in a file of its own. Work is split between threads by rows, panels of
// columns and heads, never within a sum: the result has the same bits for any number of threads.
#ifndef C_KERNELS_CONFORMER_H
#define C_KERNELS_CONFORMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONFORMER_PANEL = 64,      // columns of a panel of 8-bit weights
    CONFORMER_LARGEST = 2048,  // channels of the widest encoder
    CONFORMER_TAPS = 5,        // of every convolution
    CONFORMER_HEAD = 64,       // channels of the widest head
};

// Signed 8-bit weights, -127...127. Missing columns of the last panel are zero.
typedef struct {
    const int8_t *weights;  // [panel][inputs / 4][64][4]
    const float *scales;    // [panel][64]
    const float *bias;      // [panel][64]
    const int32_t *sums;    // [panel][64], of the weights of an output
    size_t inputs;          // a multiple of 16
    size_t panels;
} conformer_linear;

// Rows of unsigned 8-bit activations: value = (step - zero) * scale.
typedef struct {
    const uint8_t *values;
    size_t stride;
    const float *scales;
    const int32_t *zeros;
    size_t each;  // 1: a scale and a zero for each row; 0: one of both for all
} conformer_rows;

// What is done with a product, bias added, before it is stored.
typedef enum {
    CONFORMER_SWISH,     // y = p * sigmoid(p)
    CONFORMER_ADD,       // y += p
    CONFORMER_GATE,      // 32 columns of a panel times the sigmoids of the other 32
    CONFORMER_BFLOAT16,  // y = p, rounded to bfloat16, 16 bits each
    CONFORMER_RECTIFY,   // y = max(p, 0)
} conformer_end;

// Counts of floats are multiples of 16; nothing is checked.
typedef struct {
    const char *name;
    // The least and the greatest of some floats and zero.
    void (*range)(const float *x, size_t count, float *low, float *high);
    // Activations as steps of a range that holds zero.
    void (*quantize)(const float *x, size_t count, float low, float high, uint8_t *steps, float *scale, int32_t *zero);
    // Layer normalisation of one row; y may be x.
    void (*norm)(const float *x, const float *gain, const float *bias, size_t count, float *y);
    // Rotary positions of one row: pairs of channels half a head apart. half: a multiple of 8.
    void (*rotate)(const float *x, const float *cosine, const float *sine, size_t heads, size_t half, float *y);
    // A depthwise convolution at one frame. x: the first of its 5 rows; weights: [5][count].
    void (*filter)(const float *x, size_t stride, const float *weights, const float *bias, size_t count, float *y);
    // x * sigmoid(x), in place.
    void (*swish)(float *x, size_t count);
    // One panel of a product, for all rows.
    void (*multiply)(const conformer_linear *layer, const conformer_rows *x, size_t rows, size_t panel,
                     conformer_end end, void *y, size_t stride);
    // max(x * weights + bias, 0) in floats. weights: [inputs][outputs].
    void (*project)(const float *x, size_t x_stride, const float *weights, const float *bias, size_t inputs,
                    size_t outputs, size_t rows, float *y, size_t stride);
    // Softmax(query * keys / sqrt(head)) * values for one head, in bfloat16 with sums in floats. `space` has the bytes
    // of conformer_attention_space, aligned to 64. head: a multiple of 16.
    void (*attend)(const uint16_t *query, const uint16_t *key, const uint16_t *value, size_t frames, size_t head,
                   size_t stride, float *y, size_t y_stride, void *space);
} conformer_kernels;

size_t conformer_attention_space(size_t frames, size_t head);

// The reference that other tables are tested against: plain C, slow.
const conformer_kernels *conformer_scalar(void);

// The tables for this processor, the fastest first; NULL beyond the last. The reference is not among them.
const conformer_kernels *conformer_table(size_t place);

// The name of a kernel that computes something else than the reference on random shapes and values, or NULL.
const char *conformer_difference(const conformer_kernels *kernels, uint64_t seed);

// Threads that help a run. They sleep when there is none.
typedef struct conformer_team conformer_team;

// NULL when a thread cannot be made.
conformer_team *conformer_team_make(unsigned helpers);
void conformer_team_free(conformer_team *team);

// Runs work(context, 0 ..< count), on the calling thread and, unless another run is under way, on the helpers.
void conformer_team_enter(conformer_team *team);
void conformer_team_run(conformer_team *team, void (*work)(void *context, size_t part), void *context, size_t count);
void conformer_team_leave(conformer_team *team);

typedef struct conformer conformer;

// An encoder in the form of `PackedEncoder.swift`, aligned to 64; the bytes must outlive it. NULL when they are none.
conformer *conformer_open(const void *bytes, size_t count);
void conformer_close(conformer *encoder);
size_t conformer_channels(const conformer *encoder);

// The longest run of feature frames that the table of positions covers.
size_t conformer_longest(const conformer *encoder);
// Frames that come out of `count` feature frames.
size_t conformer_frames(size_t count);

// What the encoder makes of known features, for a test at load: features [count][64], encoded [frames][channels].
size_t conformer_sample(const conformer *encoder, const float **features, const float **encoded);

// Encodes features [count][64] to y [frames][channels]. Blocks. `is_cancelled` is asked once a layer and may be NULL.
// Returns 0; 1 when cancelled, 2 without memory. team may be NULL.
int conformer_encode(const conformer *encoder, const conformer_kernels *kernels, conformer_team *team,
                     const float *features, size_t count, float *y, bool (*is_cancelled)(void *), void *context);

#endif
