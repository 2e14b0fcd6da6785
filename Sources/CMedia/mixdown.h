// Decoded audio of any sample format → the mean of its channels, or one of them.
#ifndef C_MEDIA_MIXDOWN_H
#define C_MEDIA_MIXDOWN_H

#include "ffmpeg.h"

#ifdef MEDIA_HAS_FFMPEG

enum { MAX_CHANNELS = 64 };

/// Writes `count` samples of a channel from `first` on, clamped to ±1, NaN as 0: the mean over all channels where
/// `channel` is negative or none of the frame's. Returns 0 for a sample format that is not known.
int mixdown(const AVFrame *frame, int channel, int first, int count, float *samples);

#endif
#endif
