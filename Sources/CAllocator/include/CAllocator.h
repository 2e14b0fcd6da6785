// The settings of the C library's allocator.
#ifndef C_ALLOCATOR_H
#define C_ALLOCATOR_H

/// Has every block of 64 KB and more mapped by itself, for the whole process, so that it goes back to the system when it is
/// freed. Otherwise glibc raises that limit to the size of the largest block that was freed: then the features of utterances lie on
/// the heap among the words that are kept, and leave gaps between these until the recording ends.
///
/// For commands that keep the words of recordings of any length. Call it before there are threads. Does nothing without glibc.
/// Cost: a system call and new pages for each such block.
void c_allocator_map_large_blocks(void);

#endif
