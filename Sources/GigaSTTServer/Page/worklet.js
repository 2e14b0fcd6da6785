// Runs on the browser's audio thread: samples in, blocks of 16-bit PCM with their peak out.
"use strict";

// 50 ms: short enough not to be felt, long enough for few messages.
const blockSeconds = 0.05;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.samples = new Int16Array(Math.round(sampleRate * blockSeconds));
    this.count = 0;
    this.peak = 0;
    this.isEnded = false;
    this.port.onmessage = () => {
      this.isEnded = true;
      this.post(true);
    };
  }

  process([input]) {
    if (this.isEnded) return false;
    for (const sample of input[0] ?? []) {
      const value = Math.max(-1, Math.min(1, sample));
      this.samples[this.count++] = Math.min(32767, Math.round(value * 32768));
      this.peak = Math.max(this.peak, Math.abs(value));
      if (this.count === this.samples.length) this.post(false);
    }
    return true;
  }

  post(isLast) {
    const pcm = this.samples.slice(0, this.count).buffer;
    this.port.postMessage({ pcm, peak: this.peak, isLast }, [pcm]);
    this.count = 0;
    this.peak = 0;
  }
}

registerProcessor("gigastt-microphone", Microphone);
