// How loud the own microphone is.

export class LevelMeter {
  #context = null;
  #source = null;
  #analyser = null;
  #track = null;
  #samples = new Float32Array(1024);

  /** Listens to a track, or to nothing. Never plays it. */
  watch(track) {
    if (track === this.#track) {
      return;
    }
    this.#track = track;
    this.#source?.disconnect();
    this.#source = null;
    if (!track) {
      return;
    }
    this.#context ??= new AudioContext();
    this.#context.resume().catch(() => {});
    this.#analyser ??= new AnalyserNode(this.#context, { fftSize: this.#samples.length });
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }

  /** Root mean square, 0 to 1. */
  read() {
    if (!this.#source) {
      return 0;
    }
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return Math.sqrt(this.#samples.reduce((sum, x) => sum + x * x, 0) / this.#samples.length);
  }
}

/** A level as a part of a bar: people hear in decibels. From −60 dB (0) to 0 dB (1). */
export function barOf(level) {
  return level <= 0 ? 0 : Math.min(1, Math.max(0, 1 + Math.log10(level) / 3));
}
