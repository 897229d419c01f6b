// The tiles: one for each member, and one for each screen that is shared.

import { element, icon, setText } from './dom.js';
import { RATING_WORDS, describe } from './quality.js';

const PATH_WORDS = { host: 'direct', srflx: 'direct', prflx: 'direct', relay: 'relayed' };
const STATE_WORDS = {
  connecting: 'connecting…', new: 'connecting…', disconnected: 'interrupted', failed: 'no connection', closed: 'left',
};

const initial = (name) => ([...name][0] ?? '?').toUpperCase();
const hue = (name) => String([...name].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 8, 0));

/** One tile; the elements stay as long as the member, so that pictures do not flicker. */
class Tile {
  #video = element('video', { autoplay: true, playsinline: true, muted: true, 'aria-hidden': 'true' });
  #avatar = element('span', { class: 'avatar', 'aria-hidden': 'true' });
  #name = element('span', { class: 'member-name' });
  #state = element('span', { class: 'member-state' });
  #muted = element('span', { class: 'tile-muted', title: 'Microphone off', hidden: true }, icon('mic-off'));
  #bars = element('span', { class: 'bars', hidden: true, role: 'img' },
    element('i'), element('i'), element('i'));
  #full = element('button', {
    type: 'button', class: 'tile-full', hidden: true, onclick: () => this.node.requestFullscreen?.().catch(() => {}),
  }, icon('full'));
  node;

  constructor(testId) {
    // The property silences, the attribute alone does not.
    this.#video.muted = true;
    this.node = element('li', { class: 'tile', 'data-testid': testId },
      this.#avatar, this.#video, this.#full,
      element('div', { class: 'tile-caption' }, this.#muted, this.#name, this.#state, this.#bars));
  }

  show({ name, words, state, track, mirrored = false, muted, quality = null, kind, dtls = null }) {
    const { node } = this;
    node.dataset.state = state;
    node.dataset.kind = kind;
    node.dataset.video = String(Boolean(track));
    node.dataset.muted = String(Boolean(muted));
    node.classList.toggle('mirrored', mirrored);
    node.setAttribute('aria-label', [
      name, words, kind === 'screen' ? null : `microphone ${muted ? 'off' : 'on'}, camera ${track ? 'on' : 'off'}`,
    ].filter(Boolean).join(', '));
    setText(this.#name, name);
    setText(this.#state, words);
    setText(this.#avatar, initial(name));
    this.#avatar.dataset.hue = hue(name);
    this.#muted.hidden = !muted;
    this.#full.hidden = !track;
    this.#full.setAttribute('aria-label', `Show ${name} on the whole screen`);
    this.#play(track);
    this.#bars.hidden = !quality?.rating;
    if (quality?.rating) {
      this.#bars.dataset.rating = String(quality.rating);
      this.#bars.setAttribute('aria-label', `Connection ${RATING_WORDS[quality.rating]}`);
      this.#bars.title = describe(quality);
    }
    node.title = dtls ? `Encrypted with DTLS ${dtls}` : '';
  }

  speaking(speaking) {
    this.node.dataset.speaking = String(speaking);
  }

  #play(track) {
    const shown = this.#video.srcObject?.getVideoTracks()[0] ?? null;
    if (shown !== track) {
      this.#video.srcObject = track ? new MediaStream([track]) : null;
      if (track) {
        this.#video.play().catch(() => {});
      }
    }
  }

  remove() {
    this.#play(null);
    this.node.remove();
  }
}

/** The sound of one member. */
class Sound {
  #audio = new Audio();

  constructor() {
    this.#audio.autoplay = true;
  }

  play(track, blocked) {
    if ((this.#audio.srcObject?.getAudioTracks()[0] ?? null) !== track) {
      this.#audio.srcObject = track ? new MediaStream([track]) : null;
      this.start(blocked);
    }
  }

  /** Browsers play no sound before the person has touched the page. */
  start(blocked) {
    if (this.#audio.srcObject) {
      this.#audio.play().catch((error) => error.name === 'NotAllowedError' && blocked());
    }
  }

  to(speaker) {
    this.#audio.setSinkId?.(speaker).catch((error) => console.warn('the speaker cannot be used', error));
  }

  remove() {
    this.#audio.srcObject = null;
  }
}

/** Events: blocked, when the browser waits for a touch before it plays sound. */
export class Grid extends EventTarget {
  #list;
  #tiles = new Map();
  #sounds = new Map();
  #speaker = '';

  /** @param list the element that holds the tiles */
  constructor(list) {
    super();
    this.#list = list;
  }

  draw(session, call, local) {
    const shown = new Set();
    const self = session.self?.name ?? '';
    this.#tile('self', shown, {
      name: self, words: 'you', state: 'self', kind: 'person', mirrored: true,
      track: local.on('camera') ? local.track('camera') : null,
      muted: call.active && call.busy && !local.on('mic'),
    });
    if (local.on('screen')) {
      this.#tile('self screen', shown, {
        name: 'Your screen', words: 'shared with everybody', state: 'self', kind: 'screen', track: local.track('screen'),
      });
    }
    for (const [id, member] of session.members) {
      this.#member(id, member, call, shown);
    }
    for (const [key, tile] of this.#tiles) {
      if (!shown.has(key)) {
        tile.remove();
        this.#tiles.delete(key);
      }
    }
    for (const [id, sound] of this.#sounds) {
      if (!session.members.has(id)) {
        sound.remove();
        this.#sounds.delete(id);
      }
    }
    this.#list.dataset.count = String(shown.size);
    this.#list.dataset.screen = String([...shown].some((key) => key.endsWith(' screen')));
  }

  #member(id, { info, peer, media, quality }, call, shown) {
    const { name } = info;
    const words = peer.state === 'connected'
      ? [media.server ? 'through the server' : (PATH_WORDS[peer.path] ?? 'connected'), peer.roundTripMs ? `${peer.roundTripMs} ms` : null].filter(Boolean).join(', ')
      : STATE_WORDS[peer.state] ?? peer.state;
    const track = (source) => (call.active && media.remoteOn(source) ? media.remoteTrack(source) : null);
    this.#tile(id, shown, {
      name, words, state: peer.state, kind: 'person', quality, dtls: peer.dtls, track: track('camera'),
      muted: call.busy && !media.remoteOn('mic'),
    });
    if (track('screen')) {
      this.#tile(`${id} screen`, shown, {
        name: `${name}’s screen`, words: '', state: peer.state, kind: 'screen', track: track('screen'), quality,
      });
    }
    if (!this.#sounds.has(id)) {
      const sound = new Sound();
      sound.to(this.#speaker);
      this.#sounds.set(id, sound);
    }
    this.#sounds.get(id).play(track('mic'), () => this.dispatchEvent(new Event('blocked')));
  }

  #tile(key, shown, content) {
    shown.add(key);
    let tile = this.#tiles.get(key);
    if (!tile) {
      tile = new Tile(content.kind === 'screen' ? 'screen-tile' : 'tile');
      this.#tiles.set(key, tile);
      if (content.kind === 'screen') {
        this.#list.prepend(tile.node);
      } else {
        this.#list.append(tile.node);
      }
    }
    tile.show(content);
  }

  /** Marks who speaks. */
  speaking(session, call) {
    this.#tiles.get('self')?.speaking(call.selfSpeaking);
    for (const [id, member] of session.members) {
      this.#tiles.get(id)?.speaking(Boolean(member.speaking));
    }
  }

  /** Plays everybody's sound on this device; empty for the system's default. */
  speaker(id) {
    if (id !== this.#speaker) {
      this.#speaker = id;
      this.#sounds.forEach((sound) => sound.to(id));
    }
  }

  /** Tries again, after a touch. */
  unblock() {
    this.#sounds.forEach((sound) => sound.start(() => {}));
  }
}
