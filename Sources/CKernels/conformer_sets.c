// The choice of the kernels for this processor.
#include "conformer_sets.h"

const conformer_kernels *conformer_table(size_t place) {
#if defined(__x86_64__)
    const conformer_kernels *const tables[] = {conformer_avx512(), conformer_avx512_floats(), conformer_avxvnni()};
#elif defined(__aarch64__)
    const conformer_kernels *const tables[] = {conformer_i8mm(), conformer_dotprod()};
#else
    const conformer_kernels *const tables[] = {NULL};
#endif
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (tables[i] && place-- == 0) return tables[i];
    return NULL;
}
