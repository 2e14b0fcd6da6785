#!/usr/bin/env bash
# Compares the encoder's kernels with plain code: those of this processor, and those of Arm, which are compiled for it and run
# by qemu-user. The kernels of AVX-VNNI are compiled for AVX-512, whose instruction of 256 bits is the same. Scripts/kernels.sh
# [SEEDS].
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
seeds=${1:-100}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
compile=(clang -O2 -std=gnu17 -Wall -Wextra -Werror "-I$root/Sources/CKernels/include"
    "$root/Tests/Kernels/check.c" "$root"/Sources/CKernels/*.c)

"${compile[@]}" -DCONFORMER_VNNI_256 -fsanitize=undefined -fno-sanitize-recover=undefined -o "$folder/native" -lm -lpthread
"$folder/native" "$seeds"

libraries=/usr/aarch64-linux-gnu
compiler=$(dirname "$(find /usr/lib/gcc-cross/aarch64-linux-gnu -name crtbeginT.o -print -quit 2>/dev/null)")
if ! command -v qemu-aarch64 >/dev/null || [[ ! -d $libraries/include || $compiler == . ]]; then
    missing "the kernels of Arm need the packages qemu-user, libc6-dev-arm64-cross and libgcc-12-dev-arm64-cross"
fi
"${compile[@]}" --target=aarch64-linux-gnu -isystem "$libraries/include" -static -fuse-ld=lld \
    "-B$libraries/lib" "-L$libraries/lib" "-B$compiler" "-L$compiler" -o "$folder/arm" -lm -lpthread
# Processors with the matrix products, with the dot products only, and with neither.
qemu-aarch64 -cpu max "$folder/arm" "$seeds" "neon-i8mm neon-dotprod"
qemu-aarch64 -cpu cortex-a76 "$folder/arm" "$seeds" "neon-dotprod"
qemu-aarch64 -cpu cortex-a72 "$folder/arm" "$seeds" ""
