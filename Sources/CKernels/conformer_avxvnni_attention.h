// Attention of one head, a part of conformer_avxvnni.c: bfloat16 widened to floats, which are multiplied.

// Keys as [frame / 8][channel / 2][8][2], frames up to a multiple of 16.
INLINE void arrange(const uint16_t *key, size_t frames, size_t padded, size_t head, size_t stride, uint32_t *keys) {
    for (size_t t = 0; t < padded; t++)
        for (size_t i = 0; i < head; i += 2) {
            uint32_t pair = 0;
            if (t < frames) __builtin_memcpy(&pair, key + t * stride + i, sizeof pair);
            keys[(t / 8 * (head / 2) + i / 2) * 8 + t % 8] = pair;
        }
}

// The lower and the upper of each pair.
INLINE __m256 lower(__m256i pairs) { return _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16)); }
INLINE __m256 upper(__m256i pairs) {
    return _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32((int)0xffff0000)));
}

INLINE __m256 widened(const uint16_t *x) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)x)), 16));
}

INLINE void add_product(__m256 sums[ROWS][2], const float *x, size_t stride, __m256 first, __m256 second) {
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++) {
        const __m256 a = _mm256_set1_ps(x[(size_t)r * stride]);
        sums[r][0] = _mm256_fmadd_ps(a, first, sums[r][0]);
        sums[r][1] = _mm256_fmadd_ps(a, second, sums[r][1]);
    }
}

// Scaled scores of 6 rows with all frames.
INLINE void score(const float *query, const uint32_t *keys, size_t padded, size_t head, float *scores) {
    const __m256 factor = _mm256_set1_ps(1 / sqrtf((float)head));
    const size_t half = head / 2;
    for (size_t t = 0; t < padded; t += 16) {
        __m256 sums[ROWS][2];
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++) sums[r][0] = sums[r][1] = _mm256_setzero_ps();
        const __m256i *first = (const __m256i *)(keys + t * half), *second = first + half;
        for (size_t i = 0; i < half; i++) {
            const __m256i a = _mm256_load_si256(first + i), b = _mm256_load_si256(second + i);
            add_product(sums, query + 2 * i, CONFORMER_HEAD, lower(a), lower(b));
            add_product(sums, query + 2 * i + 1, CONFORMER_HEAD, upper(a), upper(b));
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++)
            for (int j = 0; j < 2; j++)
                _mm256_store_ps(scores + (size_t)r * padded + t + 8 * (size_t)j, _mm256_mul_ps(sums[r][j], factor));
    }
}

// Powers of the scores, rounded to bfloat16, in their place; returns their sum.
INLINE float weigh(float *scores, size_t frames, size_t padded) {
    for (size_t t = frames; t < padded; t++) scores[t] = -1e30f;
    __m256 most = _mm256_load_ps(scores), sum = _mm256_setzero_ps();
    for (size_t t = 0; t < padded; t += 8) most = _mm256_max_ps(most, _mm256_load_ps(scores + t));
    most = _mm256_set1_ps(reduce(most, greatest_of));
    for (size_t t = 0; t < padded; t += 8) {
        const __m256 power = exponential(_mm256_sub_ps(_mm256_load_ps(scores + t), most));
        sum = _mm256_add_ps(sum, power);
        _mm256_store_ps(scores + t, upper(rounded(power)));
    }
    return reduce(sum, sum_of);
}

void conformer_attend_avx2(const uint16_t *query, const uint16_t *key, const uint16_t *value, size_t frames,
                           size_t head, size_t stride, float *y, size_t y_stride, void *space) {
    const size_t padded = (frames + 15) / 16 * 16;
    uint32_t *keys = space;
    float *scores = (float *)(keys + padded * head / 2), wide[ROWS * CONFORMER_HEAD];
    arrange(key, frames, padded, head, stride, keys);
    for (size_t row = 0; row < frames; row += ROWS) {
        const size_t rows = frames - row < ROWS ? frames - row : ROWS;
        float factors[ROWS];
        for (size_t r = 0; r < ROWS; r++)
            for (size_t i = 0; i < head; i += 8)
                _mm256_storeu_ps(wide + r * CONFORMER_HEAD + i, widened(query + (row + (r < rows ? r : 0)) * stride + i));
        score(wide, keys, padded, head, scores);
        for (size_t r = 0; r < ROWS; r++) factors[r] = 1 / weigh(scores + r * padded, frames, padded);
        for (size_t i = 0; i < head; i += 16) {
            __m256 out[ROWS][2];
#pragma clang loop unroll(full)
            for (int r = 0; r < ROWS; r++) out[r][0] = out[r][1] = _mm256_setzero_ps();
            for (size_t t = 0; t < frames; t++)
                add_product(out, scores + t, padded, widened(value + t * stride + i), widened(value + t * stride + i + 8));
            for (size_t r = 0; r < rows; r++)
                for (size_t j = 0; j < 2; j++)
                    _mm256_storeu_ps(
                        y + (row + r) * y_stride + i + 8 * j, _mm256_mul_ps(out[r][j], _mm256_set1_ps(factors[r])));
        }
    }
}
