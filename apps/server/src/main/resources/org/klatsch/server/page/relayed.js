// Audio and video through the server, in rooms that are too large for everybody to send to everybody
// (docs/rooms-protocol.md §10): one connection, over which this member sends once and receives what the others send.

import { SOURCES } from './local.js';

/** The smallest first: the server gives each viewer the one that its path bears. */
const CAMERA = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];
const ENCODINGS = { mic: [{}], camera: CAMERA, screen: [{ maxBitrate: 2_500_000 }] };

/** Events: change, when tracks come, go or begin to flow. */
export class RelayedMedia extends EventTarget {
  #send;
  #configuration;
  #number = 0;
  #uploads = new Map();
  #streams = new Map();
  #local = null;
  #active = true;
  #work = Promise.resolve();
  pc = null;
  /** The id of who leads the conversation, by the server’s judgement; null for nobody. */
  speaker = null;

  /** @param send function that gives the server a message about this connection */
  constructor(send) {
    super();
    this.#send = send;
  }

  /** Begins to listen to the server, as a new member. */
  welcomed(configuration) {
    this.#configuration = configuration;
    this.#end();
    this.#number = 0;
  }

  stop() {
    this.#end();
  }

  /** A message of the server’s. */
  receive(message) {
    this.#work = this.#work
      .then(() => this.#take(message))
      .catch((error) => this.#failed(message.connection, error));
  }

  async #take({ connection, begin, end, description, streams }) {
    if (end) {
      this.#end();
    } else if (begin) {
      await this.#begin(connection);
    } else if (connection === this.#number && this.pc) {
      const { pc } = this;
      if (streams) {
        this.#streams = new Map(streams.map((stream) => [stream.mid, stream]));
      }
      await pc.setRemoteDescription(description);
      if (description.type === 'offer') {
        await pc.setLocalDescription();
        this.#describe(pc, {});
      }
      this.#changed();
    }
  }

  #failed(connection, error) {
    console.warn('the connection with the server could not be set up', error);
    if (connection === this.#number && this.pc) {
      this.#reset();
    }
  }

  #reset() {
    this.#send({ connection: this.#number, reset: true });
    this.#end();
  }

  async #begin(number) {
    this.#end();
    this.#number = number;
    const pc = new RTCPeerConnection({ ...this.#configuration, bundlePolicy: 'max-bundle' });
    this.pc = pc;
    pc.addEventListener('track', ({ track }) => {
      for (const type of ['mute', 'unmute', 'ended']) {
        track.addEventListener(type, () => this.#changed());
      }
    });
    pc.addEventListener('connectionstatechange', () => {
      if (this.pc === pc && pc.connectionState === 'failed') {
        this.#reset();
      }
      this.#changed();
    });
    for (const source of SOURCES) {
      this.#uploads.set(source, pc.addTransceiver(source === 'mic' ? 'audio' : 'video', {
        direction: 'sendonly', sendEncodings: ENCODINGS[source],
      }));
    }
    await this.#replace();
    await pc.setLocalDescription();
    this.#describe(pc, {
      uploads: [...this.#uploads].map(([source, transceiver]) => ({ source, mid: transceiver.mid })),
    });
  }

  #describe(pc, more) {
    if (this.pc === pc) {
      const { type, sdp } = pc.localDescription;
      this.#send({ connection: this.#number, description: { type, sdp }, ...more });
    }
  }

  #end() {
    const { pc } = this;
    this.pc = null;
    this.#uploads.clear();
    this.#streams.clear();
    this.speaker = null;
    pc?.close();
    if (pc) {
      this.#changed();
    }
  }

  /** Sends what this member has to send. */
  sync(local, active) {
    this.#local = local;
    this.#active = active;
    this.#work = this.#work
      .then(() => this.#replace())
      .catch((error) => console.warn('media could not be sent', error));
  }

  async #replace() {
    for (const [source, { sender }] of this.#uploads) {
      const track = this.#active ? (this.#local?.track(source) ?? null) : null;
      if (sender.track !== track) {
        await sender.replaceTrack(track);
      }
    }
  }

  get connected() {
    return this.pc?.connectionState === 'connected';
  }

  /** The m-section that a source is sent in, null without a connection. */
  uploadMid(source) {
    return this.#uploads.get(source)?.mid ?? null;
  }

  #transceiver(member, source) {
    for (const stream of this.#streams.values()) {
      if (stream.member === member && stream.source === source) {
        return this.pc?.getTransceivers().find((each) => each.mid === stream.mid) ?? null;
      }
    }
    return null;
  }

  /** The track of another member’s source, or null. */
  track(member, source) {
    const transceiver = this.#transceiver(member, source);
    return transceiver?.currentDirection?.includes('recv') ? transceiver.receiver.track : null;
  }

  receiver(member, source) {
    return this.#transceiver(member, source)?.receiver ?? null;
  }

  /** The m-sections that carry what a member sends. */
  mids(member) {
    return new Set([...this.#streams.values()].filter((each) => each.member === member).map((each) => each.mid));
  }

  spoke(member) {
    this.speaker = member;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
