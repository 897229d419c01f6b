// What this member sends or would send: microphone, camera and screen, before and during a call.

export const SOURCES = ['mic', 'camera', 'screen'];

/**
 * Each source has a track, or null, and says whether it is on. A microphone that is muted keeps its track, so that
 * speaking again is immediate; camera and screen give theirs back, so that no lamp stays lit.
 *
 * Events: change; problem with a text for people in `detail`.
 */
export class LocalMedia extends EventTarget {
  #devices;
  #tracks = { mic: null, camera: null, screen: null };
  #on = { mic: false, camera: false, screen: false };
  #pending = new Set();
  /** Sources for which another device was chosen while the first was being opened. */
  #again = new Set();

  constructor(devices) {
    super();
    this.#devices = devices;
  }

  track(source) {
    return this.#tracks[source];
  }

  on(source) {
    return this.#on[source];
  }

  /** Whether the person is being asked, or the device being opened. */
  pending(source) {
    return this.#pending.has(source);
  }

  async toggle(source) {
    await this.turn(source, !this.#on[source]);
  }

  async turn(source, on) {
    if (this.#pending.has(source) || this.#on[source] === on) {
      return;
    }
    if (!on) {
      this.#off(source, source === 'mic');
    } else if (this.#tracks[source]) {
      this.#tracks[source].enabled = true;
      this.#on[source] = true;
    } else {
      await this.#open(source);
    }
    this.#changed();
  }

  /** Uses the device that was chosen meanwhile. */
  async reopen(source) {
    if (this.#pending.has(source)) {
      this.#again.add(source);
    } else if (this.#on[source]) {
      this.#off(source, false);
      await this.turn(source, true);
    } else {
      this.#off(source, false);
    }
  }

  /** Gives every device back. */
  release() {
    for (const source of SOURCES) {
      this.#off(source, false);
    }
    this.#changed();
  }

  async #open(source) {
    this.#pending.add(source);
    this.#changed();
    try {
      const track = await this.#devices.open(source);
      this.#tracks[source] = track;
      this.#on[source] = true;
      track.addEventListener('ended', () => this.#ended(source, track));
    } catch (error) {
      this.#problem(error.message);
    } finally {
      this.#pending.delete(source);
    }
    if (this.#again.delete(source)) {
      await this.reopen(source);
    }
  }

  #off(source, keep) {
    const track = this.#tracks[source];
    this.#on[source] = false;
    if (track && keep) {
      track.enabled = false;
    } else if (track) {
      this.#tracks[source] = null;
      track.stop();
    }
  }

  /** The device was unplugged, or the person stopped sharing in the browser's own bar. */
  async #ended(source, track) {
    if (this.#tracks[source] !== track) {
      return;
    }
    const wasOn = this.#on[source];
    this.#tracks[source] = null;
    this.#on[source] = false;
    if (source !== 'screen' && wasOn) {
      this.#problem(`The ${source === 'mic' ? 'microphone' : 'camera'} is gone; trying another one.`);
      await this.#open(source);
    }
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }

  #problem(detail) {
    this.dispatchEvent(new CustomEvent('problem', { detail }));
  }
}
