// Products of integers, a part of conformer_neon.c.

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
// Steps less 128 are signed, as the dot products of Armv8.2 want both. `rows` is a constant where this is inlined.
INLINE void add_dotprod(const int8_t *panel, size_t inputs, const uint8_t *const *values, const int rows,
                        int32x4_t (*sums)[VECTORS]) {
    for (size_t j = 0; j < VECTORS; j += 4) {
        int32x4_t four[ROWS][4];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < 4; v++) four[r][v] = vdupq_n_s32(0);
        for (size_t k = 0; k < inputs; k += 16) {
            const int8_t *weights = panel + k * CONFORMER_PANEL + 16 * j;
            int8x16_t a[ROWS];
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++)
                a[r] = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(values[r] + k), vdupq_n_u8(0x80)));
#define ADD(lane)                                                                               \
    for (int v = 0; v < 4; v++) {                                                               \
        const int8x16_t w = vld1q_s8(weights + lane * 4 * CONFORMER_PANEL + 16 * v);            \
        _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++)                       \
            four[r][v] = vdotq_laneq_s32(four[r][v], w, a[r], lane);                            \
    }
            ADD(0) ADD(1) ADD(2) ADD(3)
#undef ADD
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            for (size_t v = 0; v < 4; v++) sums[r][j + v] = four[r][v];
    }
}

static void add_rows_dotprod(const int8_t *panel, size_t inputs, const uint8_t *const *values, size_t count,
                             int32x4_t (*sums)[VECTORS]) {
    if (count <= 2) add_dotprod(panel, inputs, values, 2, sums);
    else if (count <= 4) add_dotprod(panel, inputs, values, 4, sums);
    else add_dotprod(panel, inputs, values, ROWS, sums);
}

static void multiply_dotprod(const conformer_linear *layer, const conformer_rows *x, size_t rows, size_t panel,
                             conformer_end end, void *y, size_t stride) {
    multiply_with(add_rows_dotprod, 128, layer, x, rows, panel, end, y, stride);
}
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("i8mm"))), apply_to = function)
// Two rows by two columns of 8 inputs each: the columns come from two fours of inputs.
INLINE void add_i8mm(const int8_t *panel, size_t inputs, const uint8_t *const *values, const int rows,
                     int32x4_t (*sums)[VECTORS]) {
    for (size_t j = 0; j < VECTORS; j += 4) {
        int32x4_t squares[ROWS / 2][8];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows / 2; r++)
            for (int v = 0; v < 8; v++) squares[r][v] = vdupq_n_s32(0);
        for (size_t k = 0; k < inputs; k += 8) {
            const int8_t *weights = panel + k * CONFORMER_PANEL + 16 * j;
            uint8x16_t a[ROWS / 2];
#pragma clang loop unroll(full)
            for (int r = 0; r < rows / 2; r++)
                a[r] = vcombine_u8(vld1_u8(values[2 * r] + k), vld1_u8(values[2 * r + 1] + k));
#pragma clang loop unroll(full)
            for (int v = 0; v < 4; v++) {
                const int32x4_t first = vreinterpretq_s32_s8(vld1q_s8(weights + 16 * v));
                const int32x4_t second = vreinterpretq_s32_s8(vld1q_s8(weights + 4 * CONFORMER_PANEL + 16 * v));
                const int8x16_t low = vreinterpretq_s8_s32(vzip1q_s32(first, second));
                const int8x16_t high = vreinterpretq_s8_s32(vzip2q_s32(first, second));
#pragma clang loop unroll(full)
                for (int r = 0; r < rows / 2; r++) {
                    squares[r][2 * v] = vusmmlaq_s32(squares[r][2 * v], a[r], low);
                    squares[r][2 * v + 1] = vusmmlaq_s32(squares[r][2 * v + 1], a[r], high);
                }
            }
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < rows / 2; r++)
            for (size_t v = 0; v < 4; v++) {
                const int64x2_t low = vreinterpretq_s64_s32(squares[r][2 * v]);
                const int64x2_t high = vreinterpretq_s64_s32(squares[r][2 * v + 1]);
                sums[2 * r][j + v] = vreinterpretq_s32_s64(vzip1q_s64(low, high));
                sums[2 * r + 1][j + v] = vreinterpretq_s32_s64(vzip2q_s64(low, high));
            }
    }
}

static void add_rows_i8mm(const int8_t *panel, size_t inputs, const uint8_t *const *values, size_t count,
                          int32x4_t (*sums)[VECTORS]) {
    if (count <= 2) add_i8mm(panel, inputs, values, 2, sums);
    else if (count <= 4) add_i8mm(panel, inputs, values, 4, sums);
    else add_i8mm(panel, inputs, values, ROWS, sums);
}

static void multiply_i8mm(const conformer_linear *layer, const conformer_rows *x, size_t rows, size_t panel,
                          conformer_end end, void *y, size_t stride) {
    multiply_with(add_rows_i8mm, 0, layer, x, rows, panel, end, y, stride);
}
#pragma clang attribute pop
