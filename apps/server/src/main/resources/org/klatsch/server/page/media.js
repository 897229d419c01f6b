// Audio and video with one other member, on the RTCPeerConnection of the data channels (docs/transfer-protocol.md §13).

import { SOURCES } from './local.js';

/** What all members together may send to this many others, so that a mesh fits an ordinary uplink. */
const UPLINK_BITS_PER_SECOND = 4_000_000;
const MOST_BITS_PER_SECOND = { camera: 1_500_000, screen: 2_500_000 };

/** Events: change, when the other's tracks or words about them changed; wanted, when the other wants media or wants none. */
export class PeerMedia extends EventTarget {
  #peer;
  #pc = null;
  #senders = new Map();
  #local = null;
  #receive = true;
  #others = 1;
  #relayed;
  #told = '';
  #work = Promise.resolve();
  remote = { receive: true, tracks: [], server: false };
  /** Whether the other's media come through the server rather than directly; once so, it stays. */
  server = false;

  /** @param relayed the connection with the server, for rooms that need it */
  constructor(peer, relayed = null) {
    super();
    this.#peer = peer;
    this.#relayed = relayed;
    relayed?.addEventListener('change', this.#flowed);
    peer.addEventListener('ready', () => this.#begin(peer.pc));
    peer.addEventListener('gone', () => this.#end());
    peer.addEventListener('state', ({ detail }) => {
      if (detail === 'closed') {
        relayed?.removeEventListener('change', this.#flowed);
      }
    });
    peer.addEventListener('control', ({ detail }) => detail.type === 'media' && this.#heard(detail));
  }

  /** Whether the other understands media at all. */
  get possible() {
    return this.#peer.ready && this.#peer.kinds.length > 0;
  }

  #begin(pc) {
    this.#end();
    this.#pc = pc;
    pc.addEventListener('track', () => this.#changed());
    pc.addEventListener('signalingstatechange', () => {
      if (this.#pc === pc && pc.signalingState === 'stable') {
        // Only now are the m-sections numbered.
        this.#tell();
        this.#changed();
      }
    });
    this.sync(this.#local, this.#receive, this.#others);
  }

  #end() {
    this.#pc = null;
    this.#senders.clear();
    this.#told = '';
    this.remote = { receive: true, tracks: [], server: false };
    this.#changed();
  }

  /** Sends what this member has to send, and says so. */
  sync(local, receive, others) {
    this.#local = local;
    this.#receive = receive;
    this.#others = others;
    // One after the other, as replacing a track takes its time.
    this.#work = this.#work
      .then(() => this.#send())
      .catch((error) => console.warn('media could not be sent', error));
  }

  async #send() {
    const pc = this.#pc;
    if (!pc || !this.#local || !this.possible || pc.connectionState === 'closed') {
      return;
    }
    for (const source of SOURCES) {
      const track = this.#local.track(source);
      const through = this.remote.server && this.#relayed?.connected;
      const direct = this.remote.receive && !through && this.#peer.kinds.includes(track?.kind);
      const wanted = direct ? track : null;
      const sender = this.#senders.get(source);
      if (!sender && wanted) {
        // Sound and picture of a person are played in step when they share a stream.
        const stream = source === 'screen' ? new MediaStream() : this.#stream;
        this.#senders.set(source, pc.addTrack(wanted, stream));
      } else if (sender && sender.track !== wanted) {
        await sender.replaceTrack(wanted);
      }
      if (wanted && MOST_BITS_PER_SECOND[source]) {
        await this.#limit(source);
      }
    }
    this.#tell();
  }

  #stream = new MediaStream();

  async #limit(source) {
    const sender = this.#senders.get(source);
    const parameters = sender.getParameters();
    const most = Math.min(MOST_BITS_PER_SECOND[source], Math.round(UPLINK_BITS_PER_SECOND / Math.max(1, this.#others)));
    if (parameters.encodings?.length && parameters.encodings[0].maxBitrate !== most) {
      parameters.encodings[0].maxBitrate = most;
      await sender.setParameters(parameters).catch(() => {});
    }
  }

  #tell() {
    if (!this.#pc || !this.#local || !this.possible) {
      return;
    }
    const transceivers = this.#pc.getTransceivers();
    const tracks = [];
    for (const [source, sender] of this.#senders) {
      const mid = transceivers.find((each) => each.sender === sender)?.mid ?? null;
      if (mid !== null) {
        tracks.push({ source, mid, on: this.#local.on(source) });
      }
    }
    for (const source of this.#peer.member.forwarding && this.#relayed?.connected ? SOURCES : []) {
      if (this.#local.track(source) && !tracks.some((each) => each.source === source)) {
        tracks.push({ source, mid: this.#relayed.uploadMid(source) ?? '-', on: this.#local.on(source) });
      }
    }
    const message = { type: 'media', receive: this.#receive, tracks, ...(this.server ? { server: true } : {}) };
    const text = JSON.stringify(message);
    if (text !== this.#told) {
      this.#told = text;
      this.#peer.send(message);
    }
  }

  #heard({ receive, tracks, server = false }) {
    const before = this.remote;
    this.remote = { receive, tracks, server };
    if (before.receive !== receive || before.server !== server) {
      this.dispatchEvent(new Event('wanted'));
    }
    this.#changed();
  }

  /** Goes over to the server once everything that comes directly comes from there too, and back when it is gone. */
  #flowed = () => {
    const { id, forwarding } = this.#peer.member;
    if (!this.#relayed.pc) {
      this.server = false;
    } else if (!this.server && forwarding && this.#relayed.connected && this.#peer.ready) {
      this.server = this.remote.tracks.every(({ source, on }) => {
        const track = on ? this.#relayed.track(id, source) : null;
        return !on || (track && !track.muted);
      });
    }
    this.#tell();
    this.#changed();
  };

  /** Whether the other says that it sends this; undefined if it said nothing about it. */
  remoteOn(source) {
    return this.remote.tracks.find((track) => track.source === source)?.on;
  }

  remoteMid(source) {
    return this.remote.tracks.find((track) => track.source === source)?.mid ?? null;
  }

  /** The track that comes from the other's source, or null. */
  remoteTrack(source) {
    const relayed = this.server ? this.#relayed.track(this.#peer.member.id, source) : null;
    const direct = this.#directTrack(source);
    return relayed && (!relayed.muted || !direct || direct.muted) ? relayed : direct;
  }

  #directTrack(source) {
    const mid = this.remoteMid(source);
    const transceiver = mid === null ? null : this.#pc?.getTransceivers().find((each) => each.mid === mid);
    return transceiver?.currentDirection?.includes('recv') ? transceiver.receiver.track : null;
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
