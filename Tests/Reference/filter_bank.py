"""Filter-bank features of kaldi-native-fbank 1.22.3 (PyPI): the options of WeSpeaker.

    filter_bank.py WAV... > Tests/STTRecognitionTests/Golden/filter_bank.tsv

A line is: file, frame, 80 values. Every 97th frame is written.
"""
import os
import sys
import wave

import kaldi_native_fbank
import numpy as np


def options():
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.samp_freq = 16000
    options.frame_opts.dither = 0
    options.frame_opts.window_type = "hamming"
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = 80
    return options


for path in sys.argv[1:]:
    with wave.open(path) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32)
    bank = kaldi_native_fbank.OnlineFbank(options())
    bank.accept_waveform(16000, samples.tolist())
    bank.input_finished()
    for frame in range(0, bank.num_frames_ready, 97):
        values = "\t".join(f"{value:.5f}" for value in bank.get_frame(frame))
        print(os.path.basename(path), frame, values, sep="\t")
