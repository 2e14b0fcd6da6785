#include "CAllocator.h"

#include <stdlib.h>  // says whether this is glibc

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void c_allocator_map_large_blocks(void) {
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 64 * 1024);
#endif
}
