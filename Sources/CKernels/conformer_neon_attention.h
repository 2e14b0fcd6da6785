// Attention of one head, a part of conformer_neon.c: bfloat16 widened to floats, which are multiplied.

enum { HEAD_ROWS = 4 };

// Keys as [frame / 4][channel / 2][4][2], frames up to a multiple of 16.
INLINE void arrange(const uint16_t *key, size_t frames, size_t padded, size_t head, size_t stride, uint32_t *keys) {
    for (size_t t = 0; t < padded; t++)
        for (size_t i = 0; i < head; i += 2) {
            uint32_t pair = 0;
            if (t < frames) __builtin_memcpy(&pair, key + t * stride + i, sizeof pair);
            keys[(t / 4 * (head / 2) + i / 2) * 4 + t % 4] = pair;
        }
}

INLINE float32x4_t widened(uint16x4_t x) { return vreinterpretq_f32_u32(vshll_n_u16(x, 16)); }

// `x`: a float of each row, `stride` apart.
INLINE void add_product(float32x4_t sums[HEAD_ROWS][4], const float *x, size_t stride, const float32x4_t *y) {
#pragma clang loop unroll(full)
    for (int r = 0; r < HEAD_ROWS; r++)
        for (int j = 0; j < 4; j++) sums[r][j] = vfmaq_n_f32(sums[r][j], y[j], x[(size_t)r * stride]);
}

INLINE void clear(float32x4_t sums[HEAD_ROWS][4]) {
#pragma clang loop unroll(full)
    for (int r = 0; r < HEAD_ROWS; r++)
        for (int j = 0; j < 4; j++) sums[r][j] = vdupq_n_f32(0);
}

// Scaled scores of 4 rows with all frames.
INLINE void score(const float *query, const uint32_t *keys, size_t padded, size_t head, float *scores) {
    const float factor = 1 / sqrtf((float)head);
    const size_t half = head / 2;
    for (size_t t = 0; t < padded; t += 16) {
        float32x4_t sums[HEAD_ROWS][4];
        clear(sums);
        for (size_t i = 0; i < half; i++) {
            float32x4_t lower[4], upper[4];
            for (size_t j = 0; j < 4; j++) {
                const uint32x4_t pairs = vld1q_u32(keys + ((t / 4 + j) * half + i) * 4);
                lower[j] = vreinterpretq_f32_u32(vshlq_n_u32(pairs, 16));
                upper[j] = vreinterpretq_f32_u32(vandq_u32(pairs, vdupq_n_u32(0xffff0000)));
            }
            add_product(sums, query + 2 * i, CONFORMER_HEAD, lower);
            add_product(sums, query + 2 * i + 1, CONFORMER_HEAD, upper);
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < HEAD_ROWS; r++)
            for (size_t j = 0; j < 4; j++)
                vst1q_f32(scores + (size_t)r * padded + t + 4 * j, vmulq_n_f32(sums[r][j], factor));
    }
}

// Powers of the scores, rounded to bfloat16, in their place; returns their sum.
INLINE float weigh(float *scores, size_t frames, size_t padded) {
    for (size_t t = frames; t < padded; t++) scores[t] = -1e30f;
    float32x4_t most = vld1q_f32(scores), sum = vdupq_n_f32(0);
    for (size_t t = 0; t < padded; t += 4) most = vmaxq_f32(most, vld1q_f32(scores + t));
    most = vdupq_n_f32(vmaxvq_f32(most));
    for (size_t t = 0; t < padded; t += 4) {
        const float32x4_t power = exponential(vsubq_f32(vld1q_f32(scores + t), most));
        sum = vaddq_f32(sum, power);
        vst1q_f32(scores + t, vreinterpretq_f32_u32(vandq_u32(rounded(power), vdupq_n_u32(0xffff0000))));
    }
    return vaddvq_f32(sum);
}

static void attend(const uint16_t *query, const uint16_t *key, const uint16_t *value, size_t frames, size_t head,
                   size_t stride, float *y, size_t y_stride, void *space) {
    const size_t padded = (frames + 15) / 16 * 16;
    uint32_t *keys = space;
    float *scores = (float *)(keys + padded * head / 2), wide[HEAD_ROWS * CONFORMER_HEAD];
    arrange(key, frames, padded, head, stride, keys);
    for (size_t row = 0; row < frames; row += HEAD_ROWS) {
        const size_t rows = frames - row < HEAD_ROWS ? frames - row : HEAD_ROWS;
        float factors[HEAD_ROWS];
        for (size_t r = 0; r < HEAD_ROWS; r++)
            for (size_t i = 0; i < head; i += 4)
                vst1q_f32(
                    wide + r * CONFORMER_HEAD + i,
                    widened(vld1_u16(query + (row + (r < rows ? r : 0)) * stride + i)));
        score(wide, keys, padded, head, scores);
        for (size_t r = 0; r < HEAD_ROWS; r++) factors[r] = 1 / weigh(scores + r * padded, frames, padded);
        for (size_t i = 0; i < head; i += 16) {
            float32x4_t out[HEAD_ROWS][4];
            clear(out);
            for (size_t t = 0; t < frames; t++) {
                float32x4_t values[4];
                for (size_t j = 0; j < 4; j++) values[j] = widened(vld1_u16(value + t * stride + i + 4 * j));
                add_product(out, scores + t, padded, values);
            }
            for (size_t r = 0; r < rows; r++)
                for (size_t j = 0; j < 4; j++)
                    vst1q_f32(y + (row + r) * y_stride + i + 4 * j, vmulq_n_f32(out[r][j], factors[r]));
        }
    }
}
