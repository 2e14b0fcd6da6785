// Compares every table of kernels that this processor has with plain code, on random shapes and values.
// check [SEEDS [TABLES]]: with TABLES, their names in order, fails when there are others.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformer.h"

int main(int count, char **arguments) {
    const uint64_t seeds = count > 1 ? strtoull(arguments[1], NULL, 10) : 100;
    char names[256] = "";
    for (size_t place = 0; conformer_table(place); place++) {
        const conformer_kernels *kernels = conformer_table(place);
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", place ? " " : "", kernels->name);
        for (uint64_t seed = 0; seed < seeds; seed++) {
            const char *name = conformer_difference(kernels, seed);
            if (!name) continue;
            fprintf(stderr, "%s: %s differs, seed %llu\n", kernels->name, name, (unsigned long long)seed);
            return 1;
        }
    }
    printf("as plain code with %llu seeds: %s\n", (unsigned long long)seeds, *names ? names : "no tables");
    if (count > 2 && strcmp(arguments[2], names) != 0) {
        fprintf(stderr, "expected: %s\n", arguments[2]);
        return 1;
    }
    return 0;
}
