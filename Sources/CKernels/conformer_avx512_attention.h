// Attention of one head, a part of conformer_avx512.c.

// Keys as [frame / 16][channel / 2][16][2], values as [frame / 2][channel][2]: pairs for the dot products.
INLINE void arrange(const uint16_t *key, const uint16_t *value, size_t frames, size_t padded, size_t head,
                    size_t stride, uint32_t *keys, uint16_t *values) {
    for (size_t t = 0; t < padded; t++)
        for (size_t i = 0; i < head; i += 2) {
            uint32_t pair = 0;
            if (t < frames) __builtin_memcpy(&pair, key + t * stride + i, sizeof pair);
            keys[(t / 16 * (head / 2) + i / 2) * 16 + t % 16] = pair;
        }
    for (size_t t = 0; t < padded; t += 2)
        for (size_t i = 0; i < head; i++) {
            values[t * head + 2 * i] = t < frames ? value[t * stride + i] : 0;
            values[t * head + 2 * i + 1] = t + 1 < frames ? value[(t + 1) * stride + i] : 0;
        }
}

INLINE __mmask16 present(size_t t, size_t frames) {
    return t + 16 <= frames ? 0xffff : t >= frames ? 0 : (__mmask16)((1u << (frames - t)) - 1);
}

INLINE __m512bh pair_of(const uint16_t *x) {
    int32_t two;
    __builtin_memcpy(&two, x, sizeof two);
    return (__m512bh)_mm512_set1_epi32(two);
}

// Scaled scores of 6 rows with all frames, and the greatest of each row.
INLINE void score(const uint16_t *const *query, const uint32_t *keys, size_t frames, size_t padded, size_t head,
                  float *scores, float *most) {
    const __m512 factor = _mm512_set1_ps(1 / sqrtf((float)head)), least = _mm512_set1_ps(-1e30f);
    __m512 top[ROWS];
    for (int r = 0; r < ROWS; r++) top[r] = least;
    for (size_t t = 0; t < padded; t += 64) {
        __m512 sums[ROWS][VECTORS];
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++)
            for (int j = 0; j < VECTORS; j++) sums[r][j] = _mm512_setzero_ps();
        const uint32_t *block = keys + t / 16 * (head / 2) * 16;
        for (size_t i = 0; i < head / 2; i++) {
            __m512bh b[VECTORS];
            for (size_t j = 0; j < VECTORS; j++)
                b[j] = (__m512bh)_mm512_load_si512(block + (j * (head / 2) + i) * 16);
#pragma clang loop unroll(full)
            for (int r = 0; r < ROWS; r++) {
                const __m512bh a = pair_of(query[r] + 2 * i);
                for (int j = 0; j < VECTORS; j++) sums[r][j] = _mm512_dpbf16_ps(sums[r][j], a, b[j]);
            }
        }
        for (size_t j = 0; j < VECTORS; j++) {
            const __mmask16 valid = present(t + 16 * j, frames);
#pragma clang loop unroll(full)
            for (int r = 0; r < ROWS; r++) {
                const __m512 x = _mm512_mask_mul_ps(least, valid, sums[r][j], factor);
                top[r] = _mm512_max_ps(top[r], x);
                _mm512_store_ps(scores + (size_t)r * padded + t + 16 * j, x);
            }
        }
    }
    for (int r = 0; r < ROWS; r++) most[r] = _mm512_reduce_max_ps(top[r]);
}

// Powers of the scores in bfloat16; returns their sum.
INLINE float weigh(const float *scores, float most, size_t frames, size_t padded, uint16_t *weights) {
    __m512 sum = _mm512_setzero_ps();
    for (size_t t = 0; t < padded; t += 16) {
        const __m512 x = exponential(_mm512_sub_ps(_mm512_load_ps(scores + t), _mm512_set1_ps(most)));
        const __m512 power = _mm512_maskz_mov_ps(present(t, frames), x);
        sum = _mm512_add_ps(sum, power);
        _mm256_storeu_si256((__m256i *)(weights + t), (__m256i)_mm512_cvtneps_pbh(power));
    }
    return _mm512_reduce_add_ps(sum);
}

// `vectors` is a constant where this is inlined.
INLINE void attend_all(const uint16_t *query, const uint16_t *key, const uint16_t *value, size_t frames,
                       const size_t vectors, size_t stride, float *y, size_t y_stride, void *space) {
    const size_t head = 16 * vectors, padded = (frames + 63) / 64 * 64;
    uint32_t *keys = space;
    uint16_t *values = (uint16_t *)space + padded * head;
    float *scores = (float *)(values + padded * head);
    uint16_t *weights = (uint16_t *)(scores + ROWS * padded);
    arrange(key, value, frames, padded, head, stride, keys, values);
    for (size_t row = 0; row < frames; row += ROWS) {
        const size_t rows = frames - row < ROWS ? frames - row : ROWS;
        const uint16_t *queries[ROWS];
        float most[ROWS], sums[ROWS];
        for (size_t r = 0; r < ROWS; r++) queries[r] = query + (row + (r < rows ? r : 0)) * stride;
        score(queries, keys, frames, padded, head, scores, most);
        for (size_t r = 0; r < ROWS; r++)
            sums[r] = weigh(scores + r * padded, most[r], frames, padded, weights + r * padded);
        __m512 out[ROWS][VECTORS];
        for (int r = 0; r < ROWS; r++)
            for (size_t j = 0; j < vectors; j++) out[r][j] = _mm512_setzero_ps();
        for (size_t t = 0; t < padded; t += 2) {
            __m512bh b[VECTORS];
            for (size_t j = 0; j < vectors; j++) b[j] = (__m512bh)_mm512_load_si512(values + t * head + 32 * j);
#pragma clang loop unroll(full)
            for (int r = 0; r < ROWS; r++) {
                const __m512bh a = pair_of(weights + (size_t)r * padded + t);
                for (size_t j = 0; j < vectors; j++) out[r][j] = _mm512_dpbf16_ps(out[r][j], a, b[j]);
            }
        }
        for (size_t r = 0; r < rows; r++)
            for (size_t j = 0; j < vectors; j++)
                _mm512_storeu_ps(
                    y + (row + r) * y_stride + 16 * j, _mm512_mul_ps(out[r][j], _mm512_set1_ps(1 / sums[r])));
    }
}

static void attend(const uint16_t *query, const uint16_t *key, const uint16_t *value, size_t frames, size_t head,
                   size_t stride, float *y, size_t y_stride, void *space) {
    switch (head / 16) {
    case 1: attend_all(query, key, value, frames, 1, stride, y, y_stride, space); break;
    case 2: attend_all(query, key, value, frames, 2, stride, y, y_stride, space); break;
    case 3: attend_all(query, key, value, frames, 3, stride, y, y_stride, space); break;
    default: attend_all(query, key, value, frames, 4, stride, y, y_stride, space); break;
    }
}
