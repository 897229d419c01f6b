// The devices of this machine: their lists, which ones the person chose, and how they are opened.

const KINDS = { mic: 'audioinput', camera: 'videoinput', speaker: 'audiooutput' };
const NAMES = { mic: 'microphone', camera: 'camera', screen: 'screen' };

/** A mesh encodes the picture once per member: half of full HD in each direction leaves the machine room for that. */
const PICTURE = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 30, max: 30 } };
const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
/** Text on a screen needs its pixels more than a smooth motion. */
const SCREEN = { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 10, max: 15 } };

/** Events: change, when a list or a choice is another. */
export class Devices extends EventTarget {
  lists = { mic: [], camera: [], speaker: [] };

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener?.('devicechange', () => this.refresh());
  }

  /** Browsers hide devices from pages that did not come over TLS or from this machine. */
  get available() {
    return Boolean(navigator.mediaDevices?.getUserMedia);
  }

  get canShareScreen() {
    return Boolean(navigator.mediaDevices?.getDisplayMedia);
  }

  get canChooseSpeaker() {
    return 'setSinkId' in HTMLMediaElement.prototype;
  }

  /** Reads the lists anew; never asks the person. */
  async refresh() {
    if (!navigator.mediaDevices?.enumerateDevices) {
      return;
    }
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    for (const [source, kind] of Object.entries(KINDS)) {
      this.lists[source] = all
        .filter((device) => device.kind === kind && device.deviceId !== '' && device.deviceId !== 'default')
        .map(({ deviceId, label }, i) => ({ id: deviceId, label: label || `${NAMES[source] ?? 'speaker'} ${i + 1}` }));
    }
    this.dispatchEvent(new Event('change'));
  }

  /** The id that was chosen, or the empty string for the system's default; a device that is gone counts as not chosen. */
  chosen(source) {
    const id = localStorage.getItem(`klatsch.${source}`) ?? '';
    return this.lists[source].some((device) => device.id === id) ? id : '';
  }

  choose(source, id) {
    localStorage.setItem(`klatsch.${source}`, id);
    this.dispatchEvent(new Event('change'));
  }

  /** Opens a device, perhaps after asking the person; rejects with an Error whose message is for people. */
  async open(source) {
    if (source === 'screen' ? !this.canShareScreen : !this.available) {
      throw new Error(source === 'screen' && this.available
        ? 'This browser cannot share a screen.'
        : 'The browser allows microphone and camera over HTTPS or on this machine only.');
    }
    try {
      const stream = source === 'screen'
        ? await navigator.mediaDevices.getDisplayMedia({ video: SCREEN, audio: false })
        : await this.#openDevice(source);
      const [track] = stream.getTracks();
      if (source === 'screen') {
        track.contentHint = 'detail';
      }
      // Labels are readable from the first permission on.
      this.refresh();
      return track;
    } catch (error) {
      throw new Error(words(source, error), { cause: error });
    }
  }

  async #openDevice(source) {
    const id = this.chosen(source);
    const constraints = (exact) => {
      const common = source === 'mic' ? VOICE : PICTURE;
      return { [source === 'mic' ? 'audio' : 'video']: exact ? { ...common, deviceId: { exact } } : common };
    };
    try {
      return await navigator.mediaDevices.getUserMedia(constraints(id));
    } catch (error) {
      if (id === '' || !['NotFoundError', 'OverconstrainedError'].includes(error.name)) {
        throw error;
      }
      return navigator.mediaDevices.getUserMedia(constraints(''));
    }
  }
}

function words(source, error) {
  const name = NAMES[source];
  switch (error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return source === 'screen'
        ? 'The screen is not shared.'
        : `The browser does not allow the ${name}. You can change that beside the address of this page.`;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return `No ${name} was found. Chat and files work without.`;
    case 'NotReadableError':
    case 'AbortError':
      return `The ${name} does not answer. Perhaps another program uses it.`;
    default:
      return `The ${name} cannot be used: ${error.message || error.name}`;
  }
}
