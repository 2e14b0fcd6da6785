#include "reader.h"

#ifdef MEDIA_HAS_FFMPEG

enum {
    IO_BLOCK = 32 * 1024,
    // A demuxer may jump back for an index, but one that reads what it knows this many times over runs in circles.
    READS_OF_EACH_BYTE = 16,
    SPARE_BYTES = 64 << 20,
};

int read_source(media_reader *reader, uint8_t *bytes, int count) {
    if (reader->bytes_read > READS_OF_EACH_BYTE * reader->farthest + SPARE_BYTES) return 0;
    int read = reader->source.read(reader->source.context, reader->offset, bytes, count);
    if (read > 0) {
        reader->offset += read;
        reader->bytes_read += read;
        if (reader->farthest < reader->offset) reader->farthest = reader->offset;
    }
    return read;
}

static int io_read(void *opaque, uint8_t *bytes, int count) {
    int read = read_source(opaque, bytes, count);
    if (read == 0) return AVERROR_EOF;  // 0 would make FFmpeg ask again for ever
    return read < 0 ? AVERROR_EXIT : read;
}

static int64_t io_seek(void *opaque, int64_t offset, int whence) {
    media_reader *reader = opaque;
    const int64_t size = reader->source.byte_count;
    if (whence & AVSEEK_SIZE) return size >= 0 ? size : AVERROR(ENOSYS);
    switch (whence & ~AVSEEK_FORCE) {
        case SEEK_SET: break;
        case SEEK_CUR: offset += reader->offset; break;
        case SEEK_END:
            if (size < 0) return AVERROR(ENOSYS);
            offset += size;
            break;
        default: return AVERROR(EINVAL);
    }
    if (!reader->source.seekable || offset < 0 || (size >= 0 && offset > size)) return AVERROR(EINVAL);
    return reader->offset = offset;
}

// Some demuxers want to open further resources (playlists, external tracks): never.
static int deny_open(AVFormatContext *format, AVIOContext **io, const char *url, int flags, AVDictionary **options) {
    (void)format, (void)io, (void)url, (void)flags, (void)options;
    return AVERROR(EPERM);
}

media_result open_io(media_reader *reader) {
    const ffmpeg *av = reader->av;
    uint8_t *block = av->av_malloc(IO_BLOCK);
    if (!block) return MEDIA_NO_MEMORY;
    reader->io = av->avio_alloc_context(block, IO_BLOCK, 0, reader, io_read, NULL, io_seek);
    if (!reader->io) {
        av->av_free(block);
        return MEDIA_NO_MEMORY;
    }
    // The size may be known without seeking being possible.
    if (!reader->source.seekable) reader->io->seekable = 0;

    if (!(reader->format = av->avformat_alloc_context())) return MEDIA_NO_MEMORY;
    reader->format->pb = reader->io;
    reader->format->flags |= AVFMT_FLAG_CUSTOM_IO;
    reader->format->io_open = deny_open;
    return MEDIA_OK;
}

#endif
