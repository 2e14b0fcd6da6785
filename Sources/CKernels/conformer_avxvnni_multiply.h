// Products of integers, a part of conformer_avxvnni.c.

// CONFORMER_VNNI_256 is for tests: VNNI of AVX-512 has the same instruction of 256 bits in another encoding.
#ifdef CONFORMER_VNNI_256
#define CONFORMER_VNNI "avx512vl,avx512vnni"
#else
#define CONFORMER_VNNI "avxvnni"
#endif
#pragma clang attribute push(__attribute__((target("avx2,fma," CONFORMER_VNNI))), apply_to = function)

// Sums of some rows with one panel; `rows` is a constant where this is inlined.
INLINE void add_products(const int8_t *panel, size_t inputs, const uint8_t *values, size_t stride, const int rows,
                         __m256i (*sums)[VECTORS]) {
    for (size_t j = 0; j < VECTORS; j += 2) {
        const int8_t *weights = panel + 32 * j;
        __m256i two[ROWS][2];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) two[r][0] = two[r][1] = _mm256_setzero_si256();
        for (size_t k = 0; k < inputs; k += 4, weights += 4 * CONFORMER_PANEL) {
            const __m256i first = _mm256_load_si256((const __m256i *)weights);
            const __m256i second = _mm256_load_si256((const __m256i *)(weights + 32));
            // The next pass begins with what this one leaves in the cache.
            _mm_prefetch((const char *)(weights + 64), _MM_HINT_T0);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                int32_t four;
                __builtin_memcpy(&four, values + (size_t)r * stride + k, sizeof four);
                const __m256i a = _mm256_set1_epi32(four);
                two[r][0] = _mm256_dpbusd_epi32(two[r][0], a, first);
                two[r][1] = _mm256_dpbusd_epi32(two[r][1], a, second);
            }
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) sums[r][j] = two[r][0], sums[r][j + 1] = two[r][1];
    }
}

static void multiply(const conformer_linear *layer, const conformer_rows *x, size_t rows, size_t panel,
                     conformer_end end, void *y, size_t stride) {
    const size_t first = panel * CONFORMER_PANEL, inputs = layer->inputs;
    const int8_t *weights = layer->weights + first * inputs;
    for (size_t row = 0; row < rows; row += ROWS) {
        const size_t count = rows - row < ROWS ? rows - row : ROWS;
        const uint8_t *values = x->values + row * x->stride;
        __m256i sums[ROWS][VECTORS];
        switch (count) {
        case 1: add_products(weights, inputs, values, x->stride, 1, sums); break;
        case 2: add_products(weights, inputs, values, x->stride, 2, sums); break;
        case 3: add_products(weights, inputs, values, x->stride, 3, sums); break;
        case 4: add_products(weights, inputs, values, x->stride, 4, sums); break;
        case 5: add_products(weights, inputs, values, x->stride, 5, sums); break;
        default: add_products(weights, inputs, values, x->stride, ROWS, sums); break;
        }
        for (size_t r = 0; r < count; r++) finish_row(layer, x, row + r, first, sums[r], end, y, stride);
    }
}
#pragma clang attribute pop
