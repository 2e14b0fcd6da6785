// Decoded audio of any sample format → the mean of its channels.
#ifndef C_MEDIA_MIXDOWN_H
#define C_MEDIA_MIXDOWN_H

#include "ffmpeg.h"

#ifdef MEDIA_HAS_FFMPEG

enum { MAX_CHANNELS = 64 };

/// Writes the mean over all channels of `count` sample frames from `first` on, clamped to ±1, NaN as 0.
/// Returns 0 for a sample format that is not known.
int mixdown(const AVFrame *frame, int first, int count, float *samples);

#endif
#endif
