// The inner loops of an RNN-T's prediction network and joint: plain C on vector types, which the compiler turns into
// the widest instructions of the processor that runs it.
//
// Everything is fp32. A matrix [inputs][outputs] is stored in panels of 32 columns, [panel][inputs][32], the missing
// columns of the last panel zero; rows of results are padded in the same way. Nothing here allocates, locks, or keeps
// state: any number of threads may call at once. Nothing checks its arguments: that is done once, by the caller.
#ifndef C_KERNELS_H
#define C_KERNELS_H

#include <stddef.h>

#include "conformer.h"

// Columns of a panel, in floats. Memory that starts on a multiple of 64 bytes is read fastest.
enum { KERNELS_PANEL = 32 };

// x · weights + bias
typedef struct {
    const float *weights;  // [panel][inputs][32]
    const float *bias;     // [panel][32]
    size_t inputs;
    size_t panels;
} kernels_layer;

// Which instructions the loops use; the results differ in the last bits only.
typedef enum {
    KERNELS_PLAIN,  // what every processor of the architecture has
    KERNELS_AVX2,
    KERNELS_AVX512,
} kernels_set;

// The widest set that this processor has; it has those before it as well.
kernels_set kernels_widest_set(void);

// Stores a matrix in panels: element (input, output) lies at input × input_stride + output × output_stride.
// packed: [panel][inputs][32].
void kernels_pack(const float *matrix, size_t inputs, size_t input_stride, size_t outputs, size_t output_stride,
                  float *packed);

// y = x · weights + bias for `rows` rows. x: [rows][inputs]; y: [rows][panels × 32].
void kernels_multiply(kernels_set set, const kernels_layer *layer, const float *x, size_t rows, float *y);

// One step of an LSTM, in place.
//
// `recurrent` has four blocks of outputs, each of `width` columns, a multiple of 32: input gate, output gate, forget
// gate, candidate. Its bias is what the step's token adds to them. hidden, cell: [width]; gates: [4 × width], scratch.
// Columns without weights and bias keep a state of zero. The weights are larger than a second-level cache: a step that
// reads them backwards after one that read them forwards finds the last of them there. The result is the same.
void kernels_lstm_step(kernels_set set, const kernels_layer *recurrent, size_t width, float *hidden, float *cell,
                       float *gates, int backwards);

// scores = relu(a + b) · weights + bias. a, b: [inputs]; scores: [panels × 32]; active: [inputs] and places: [inputs],
// scratch. Inputs that the rectifier cuts off cost nothing.
void kernels_joint(kernels_set set, const kernels_layer *layer, const float *a, const float *b, float *active,
                   int *places, float *scores);

#endif
