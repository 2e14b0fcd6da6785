// The loops, once per instruction set: included with NAME, which makes the names of a set, and ROWS, the rows that its
// registers hold at once. Vector types rather than plain loops also keep an unoptimised build usable.

// y[row][32] = bias + x[row] · panel, for `count` rows; count is a constant wherever this is inlined.
static inline __attribute__((always_inline)) void NAME(rows)(
    const float *panel, const float *bias, size_t inputs, const float *x, float *y, size_t stride, const int count) {
    const wide *start = (const wide *)bias;
    wide low[ROWS], high[ROWS];
#pragma clang loop unroll(full)
    for (int row = 0; row < count; row++) low[row] = start[0], high[row] = start[1];
    for (size_t input = 0; input < inputs; input++) {
        const wide *weights = (const wide *)(panel + input * KERNELS_PANEL);
        const wide first = weights[0], second = weights[1];
#pragma clang loop unroll(full)
        for (int row = 0; row < count; row++) {
            const float value = x[row * inputs + input];
            low[row] += value * first;
            high[row] += value * second;
        }
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < count; row++) {
        wide *out = (wide *)(y + row * stride);
        out[0] = low[row], out[1] = high[row];
    }
}

// One row. Two pairs of sums, for a sum waits for its last addition.
static inline __attribute__((always_inline)) void NAME(row)(
    const float *panel, const float *bias, size_t count, const float *x, const int *places, float *y) {
    const wide *start = (const wide *)bias;
    wide low = start[0], high = start[1], odd_low = {0}, odd_high = {0};
    size_t next = 0;
    for (; next + 2 <= count; next += 2) {
        const size_t even = places ? (size_t)places[next] : next, odd = places ? (size_t)places[next + 1] : next + 1;
        const wide *weights = (const wide *)(panel + even * KERNELS_PANEL);
        const wide *odd_weights = (const wide *)(panel + odd * KERNELS_PANEL);
        low += x[next] * weights[0], high += x[next] * weights[1];
        odd_low += x[next + 1] * odd_weights[0], odd_high += x[next + 1] * odd_weights[1];
    }
    if (next < count) {
        const wide *weights = (const wide *)(panel + (places ? (size_t)places[next] : next) * KERNELS_PANEL);
        low += x[next] * weights[0], high += x[next] * weights[1];
    }
    ((wide *)y)[0] = low + odd_low, ((wide *)y)[1] = high + odd_high;
}

static void NAME(multiply)(const kernels_layer *layer, const float *x, size_t rows, float *y, int backwards) {
    const size_t inputs = layer->inputs, stride = layer->panels * KERNELS_PANEL;
    for (size_t number = 0; number < layer->panels; number++) {
        const size_t panel = backwards ? layer->panels - 1 - number : number;
        const float *weights = layer->weights + panel * inputs * KERNELS_PANEL;
        const float *bias = layer->bias + panel * KERNELS_PANEL;
        float *out = y + panel * KERNELS_PANEL;
        size_t row = 0;
        for (; row + ROWS <= rows; row += ROWS)
            NAME(rows)(weights, bias, inputs, x + row * inputs, out + row * stride, stride, ROWS);
        for (; row < rows; row++) NAME(row)(weights, bias, inputs, x + row * inputs, NULL, out + row * stride);
    }
}

// e^x: 2^n · e^r with |r| <= ln 2 / 2, e^r by the first eight terms of its series (error below 1e-8).
#define EXPONENTIAL(result, argument)                                                          \
    do {                                                                                       \
        const wide below = __builtin_elementwise_min((argument), most);                        \
        const wide bounded = __builtin_elementwise_max(below, -most);                          \
        const wide power = (bounded * 1.44269504f + 12582912.0f) - 12582912.0f;                \
        const wide r = bounded - power * 0.693359375f - power * -2.12194440e-4f;               \
        wide sum = r * (1.0f / 5040) + (1.0f / 720);                                           \
        sum = sum * r + (1.0f / 120);                                                          \
        sum = sum * r + (1.0f / 24);                                                           \
        sum = sum * r + (1.0f / 6);                                                            \
        sum = sum * r + 0.5f;                                                                  \
        sum = sum * r + 1.0f;                                                                  \
        sum = sum * r + 1.0f;                                                                  \
        const wide_int exponent = (__builtin_convertvector(power, wide_int) + 127) << 23;      \
        result = sum * (wide)exponent;                                                         \
    } while (0)

static void NAME(lstm_step)(const kernels_layer *recurrent, size_t width, float *hidden, float *cell, float *gates,
                            int backwards) {
    // 80: e^80 and e^-80 are far from the ends of the range, and the functions below have long been constant.
    const wide most = {80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80};
    NAME(multiply)(recurrent, hidden, 1, gates, backwards);
    for (size_t start = 0; start < width; start += sizeof(wide) / sizeof(float)) {
        wide input, output, forget, candidate, squashed;
        EXPONENTIAL(input, -*(const wide *)(gates + start));
        EXPONENTIAL(output, -*(const wide *)(gates + width + start));
        EXPONENTIAL(forget, -*(const wide *)(gates + 2 * width + start));
        EXPONENTIAL(candidate, 2 * *(const wide *)(gates + 3 * width + start));
        // 1 / (1 + e^-x) is the logistic function, 1 - 2 / (1 + e^2x) is tanh x.
        const wide state = *(const wide *)(cell + start) / (1 + forget) + (1 - 2 / (1 + candidate)) / (1 + input);
        EXPONENTIAL(squashed, 2 * state);
        *(wide *)(cell + start) = state;
        *(wide *)(hidden + start) = (1 - 2 / (1 + squashed)) / (1 + output);
    }
}
#undef EXPONENTIAL

static void NAME(joint)(const kernels_layer *layer, const float *a, const float *b, float *active, int *places,
                        float *scores) {
    size_t count = 0;
    for (size_t input = 0; input < layer->inputs; input++) {
        const float sum = a[input] + b[input];
        active[count] = sum, places[count] = (int)input;
        // Written this way round, so that what is not a number goes on.
        count += !(sum <= 0);
    }
    for (size_t panel = 0; panel < layer->panels; panel++)
        NAME(row)(layer->weights + panel * layer->inputs * KERNELS_PANEL, layer->bias + panel * KERNELS_PANEL, count,
                  active, places, scores + panel * KERNELS_PANEL);
}
