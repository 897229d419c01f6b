// One other member: the RTCPeerConnection with its two channels, perfect negotiation (W3C WebRTC §10.7), recovery, and the
// hello or the proof of a code that must come before everything else (docs/transfer-protocol.md §3 and §4).

import { MAX_FRAME_BYTES, ProtocolError, parseControl } from './protocol.js';
import { Exchange } from './cpace.js';
import { hex, unhex } from './sha256.js';

const RESTART_AFTER_MS = 4_000;
const ANEW_AFTER_MS = 15_000;
const DEFAULT_FRAME_BYTES = 65_536;
/** Kinds of media that this page receives. */
const KINDS = ['audio', 'video'];

/**
 * Events: ready (hello and proof are done), gone (channels closed, a new connection may follow), control and frame with
 * the message in `detail`, state, failed with a text for people.
 */
export class Peer extends EventTarget {
  #newcomer;
  #signal;
  #configuration;
  #code;
  #number = 0;
  #makingOffer = false;
  #ignoreOffer = false;
  #early = [];
  #restartTimer;
  #anewTimer;
  #nonce;
  #hello;
  #exchange;
  #proven = false;
  #closed = false;
  pc = null;
  control = null;
  bulk = null;
  ready = false;
  state = 'new';
  path = null;
  dtls = null;
  client = null;
  /** Kinds of media that the other receives. */
  kinds = [];

  /**
   * @param member id, name, agent
   * @param newcomer whether this side found the other in its welcome
   * @param signal function that sends to the other, taking the connection's number and the content
   * @param code null in a room; role, id and secret where the two met by a code
   */
  constructor(member, { newcomer, signal, configuration, code = null, client }) {
    super();
    this.member = member;
    this.#newcomer = newcomer;
    this.#signal = signal;
    this.#configuration = configuration;
    this.#code = code;
    this.ownClient = client;
    if (newcomer) {
      this.#begin(1);
      this.#openChannels();
    }
  }

  close() {
    this.#closed = true;
    this.#end();
    this.#become('closed');
  }

  /** The largest frame to send. */
  get frameBytes() {
    return Math.min(DEFAULT_FRAME_BYTES, this.pc?.sctp?.maxMessageSize ?? DEFAULT_FRAME_BYTES, MAX_FRAME_BYTES);
  }

  send(message) {
    if (this.control?.readyState === 'open') {
      this.control.send(JSON.stringify(message));
    }
  }

  /** Ends the connection for an error of the protocol, §2. */
  protocolError(message, reason = 'protocol') {
    this.send({ type: 'error', reason, message });
    // What is queued leaves first.
    setTimeout(() => this.close(), 250);
    this.#emit('failed', { reason, message });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #become(state) {
    if (this.state !== state) {
      this.state = state;
      this.#emit('state', state);
    }
  }

  #begin(number) {
    this.#end();
    this.#number = number;
    this.#makingOffer = false;
    this.#ignoreOffer = false;
    this.#early = [];
    this.#proven = false;
    this.#hello = undefined;
    this.#exchange = undefined;
    this.#nonce = crypto.getRandomValues(new Uint8Array(16));
    const pc = new RTCPeerConnection(this.#configuration);
    this.pc = pc;
    pc.addEventListener('negotiationneeded', async () => {
      try {
        this.#makingOffer = true;
        await pc.setLocalDescription();
        this.#describe(pc);
      } catch (error) {
        console.warn('no offer could be made', error);
      } finally {
        this.#makingOffer = false;
      }
    });
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (this.pc === pc && candidate?.candidate !== '') {
        this.#signal(this.#number, { candidate: candidate ? candidate.toJSON() : null });
      }
    });
    pc.addEventListener('connectionstatechange', () => this.#connectionChanged(pc));
    this.#become('connecting');
    clearTimeout(this.#anewTimer);
    this.#anewTimer = setTimeout(() => this.#anew(), 2 * ANEW_AFTER_MS);
  }

  #describe(pc) {
    if (this.pc === pc) {
      const { type, sdp } = pc.localDescription;
      this.#signal(this.#number, { description: { type, sdp } });
    }
  }

  #openChannels() {
    const pc = this.pc;
    const options = { negotiated: true, ordered: true, protocol: 'klatsch.transfer.1' };
    this.control = pc.createDataChannel('control', { ...options, id: 0, priority: 'high' });
    this.bulk = pc.createDataChannel('bulk', { ...options, id: 1 });
    this.bulk.binaryType = 'arraybuffer';
    this.control.binaryType = 'arraybuffer';
    this.control.addEventListener('open', () => this.#greet());
    this.control.addEventListener('message', (event) => this.#controlled(pc, event.data));
    this.bulk.addEventListener('message', (event) => this.#framed(pc, event.data));
    for (const channel of [this.control, this.bulk]) {
      channel.addEventListener('close', () => {
        if (this.pc === pc) {
          this.#unready();
        }
      });
    }
  }

  #unready() {
    if (this.ready) {
      this.ready = false;
      this.#emit('gone');
    }
  }

  #end() {
    clearTimeout(this.#restartTimer);
    clearTimeout(this.#anewTimer);
    const pc = this.pc;
    this.pc = null;
    this.path = null;
    this.dtls = null;
    pc?.close();
    this.control = null;
    this.bulk = null;
    this.#unready();
  }

  // Recovery.

  #connectionChanged(pc) {
    if (this.pc !== pc) {
      return;
    }
    const state = pc.connectionState;
    clearTimeout(this.#restartTimer);
    if (state === 'connected') {
      clearTimeout(this.#anewTimer);
    } else if (state === 'disconnected') {
      this.#restartTimer = setTimeout(() => this.#restart(pc), RESTART_AFTER_MS);
    } else if (state === 'failed') {
      this.#restart(pc);
    }
    this.#become(state === 'connected' && !this.ready ? 'connecting' : state);
  }

  #restart(pc) {
    if (this.pc !== pc || pc.connectionState === 'connected') {
      return;
    }
    pc.restartIce();
    clearTimeout(this.#anewTimer);
    this.#anewTimer = setTimeout(() => this.#anew(), ANEW_AFTER_MS);
  }

  /** The newcomer starts over; the host asks it to. */
  #anew() {
    if (this.#closed || (this.pc?.connectionState === 'connected' && this.ready)) {
      return;
    }
    if (this.#newcomer) {
      this.#begin(this.#number + 1);
      this.#openChannels();
    } else if (this.#number > 0) {
      this.#signal(this.#number, { reset: true });
      this.#anewTimer = setTimeout(() => this.#anew(), ANEW_AFTER_MS);
    }
  }

  // Signals from the other.

  #queue = Promise.resolve();

  receive(message) {
    this.#queue = this.#queue.then(() => this.#take(message)).catch((error) => console.warn('signal ignored', error));
  }

  async #take({ connection, description, candidate, reset }) {
    if (this.#closed || connection < this.#number) {
      return;
    }
    if (reset) {
      if (this.#newcomer && connection === this.#number) {
        this.#begin(this.#number + 1);
        this.#openChannels();
      }
      return;
    }
    if (connection > this.#number) {
      if (this.#newcomer || description?.type !== 'offer') {
        return;
      }
      this.#begin(connection);
    }
    const pc = this.pc;
    if (!pc) {
      return;
    }
    if (description) {
      const collision =
        description.type === 'offer' && (this.#makingOffer || pc.signalingState !== 'stable');
      // The newcomer is polite.
      this.#ignoreOffer = collision && !this.#newcomer;
      if (this.#ignoreOffer) {
        return;
      }
      await pc.setRemoteDescription(description);
      if (!this.control && this.pc === pc) {
        this.#openChannels();
      }
      if (description.type === 'offer') {
        await pc.setLocalDescription();
        this.#describe(pc);
      }
      for (const early of this.#early.splice(0)) {
        await this.#add(pc, early);
      }
    } else if (pc.remoteDescription) {
      await this.#add(pc, candidate);
    } else if (this.#early.length < 64) {
      this.#early.push(candidate);
    }
  }

  async #add(pc, candidate) {
    try {
      await pc.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      if (!this.#ignoreOffer) {
        console.warn('candidate ignored', error);
      }
    }
  }

  // Hello and proof.

  #greet() {
    const role = this.#code ? this.#code.role : 'member';
    this.send({
      type: 'hello', versions: [1], role, nonce: hex(this.#nonce), agent: 'klatsch-page', client: this.ownClient,
      ...(this.#code ? {} : { media: KINDS }),
    });
    if (this.#hello) {
      this.#greeted();
    }
  }

  async #controlled(pc, data) {
    if (this.pc !== pc) {
      return;
    }
    // One after the other, as the proof computes asynchronously.
    this.#controls = this.#controls.then(async () => {
      if (this.pc !== pc) {
        return;
      }
      try {
        const message = parseControl(data);
        if (message) {
          await this.#handle(message);
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) {
          throw error;
        }
        this.protocolError(error.message);
      }
    });
    await this.#controls;
  }

  #controls = Promise.resolve();

  async #handle(message) {
    if (message.type === 'error') {
      this.#emit('failed', { reason: message.reason, message: message.message ?? '' });
      this.close();
      return;
    }
    if (!this.#hello) {
      if (message.type !== 'hello') {
        throw new ProtocolError('hello comes first');
      }
      this.#checkHello(message);
      return;
    }
    if (message.type === 'hello') {
      throw new ProtocolError('hello came twice');
    }
    if (this.#code && !this.#proven) {
      await this.#prove(message);
      return;
    }
    if (message.type === 'pake' || message.type === 'confirm') {
      throw new ProtocolError(`${message.type} has no place here`);
    }
    this.#emit('control', message);
  }

  #checkHello(hello) {
    if (!hello.versions.includes(1)) {
      this.protocolError('no common version', 'version');
      return;
    }
    const expected = { sender: 'receiver', receiver: 'sender', member: 'member' };
    if (hello.role !== expected[this.#code ? this.#code.role : 'member']) {
      throw new ProtocolError('the roles do not fit');
    }
    this.#hello = hello;
    this.kinds = this.#code ? [] : (hello.media ?? []);
    this.client = typeof hello.client === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(hello.client) ? hello.client : null;
    if (this.control.readyState === 'open') {
      this.#greeted();
    }
  }

  #greeted() {
    if (!this.#code) {
      this.#becomeReady();
    } else if (this.#code.role === 'receiver') {
      this.#startProof().catch((error) => this.protocolError(String(error.message ?? error)));
    }
  }

  async #startProof() {
    const theirs = unhex(this.#hello.nonce);
    const receiver = this.#code.role === 'receiver';
    const [own, other] = [fingerprint(this.pc.localDescription), fingerprint(this.pc.remoteDescription)];
    this.#exchange = new Exchange(this.#code.role);
    const y = await this.#exchange.start({
      secret: this.#code.secret,
      id: this.#code.id,
      receiverNonce: receiver ? this.#nonce : theirs,
      senderNonce: receiver ? theirs : this.#nonce,
      receiverFingerprint: receiver ? own : other,
      senderFingerprint: receiver ? other : own,
    });
    this.send({ type: 'pake', y });
  }

  #shared = false;

  async #prove(message) {
    const sender = this.#code.role === 'sender';
    if (message.type === 'pake' && !this.#exchange?.done) {
      if (sender) {
        await this.#startProof();
      }
      const tag = await this.#exchange.share(message.y);
      this.#exchange.done = true;
      if (tag === null) {
        this.#wrongCode();
      } else if (sender) {
        this.#exchange.tag = tag;
      } else {
        this.send({ type: 'confirm', tag });
        this.#emit('tag-sent');
      }
    } else if (message.type === 'confirm' && this.#exchange?.done) {
      if (!this.#exchange.accepts(message.tag)) {
        this.#wrongCode();
        return;
      }
      if (sender) {
        this.send({ type: 'confirm', tag: this.#exchange.tag });
      }
      this.#proven = true;
      this.#becomeReady();
    } else {
      throw new ProtocolError(`${message.type} has no place in the proof`);
    }
  }

  #wrongCode() {
    this.protocolError('The secret of the code is wrong.', 'wrong-code');
  }

  #framed(pc, data) {
    if (this.pc !== pc) {
      return;
    }
    if (!this.ready && this.#code) {
      this.protocolError('a frame before the proof');
    } else {
      this.#emit('frame', data);
    }
  }

  #becomeReady() {
    this.ready = true;
    clearTimeout(this.#anewTimer);
    this.#become('connected');
    this.refreshPath();
    this.#emit('ready');
  }

  /** Reads from the statistics how packets travel. */
  async refreshPath() {
    const pc = this.pc;
    if (!pc || pc.connectionState === 'closed') {
      return;
    }
    const stats = await pc.getStats();
    if (this.pc !== pc) {
      return;
    }
    let pair = null;
    for (const report of stats.values()) {
      if (report.type === 'transport') {
        this.dtls = dtlsVersion(report.tlsVersion) ?? this.dtls;
        pair = stats.get(report.selectedCandidatePairId) ?? pair;
      } else if (report.type === 'candidate-pair' && report.nominated && report.state === 'succeeded' && !pair) {
        pair = report;
      }
    }
    if (pair) {
      const types = [pair.localCandidateId, pair.remoteCandidateId].map((id) => stats.get(id)?.candidateType);
      this.path = ['relay', 'srflx', 'prflx', 'host'].find((type) => types.includes(type)) ?? null;
      this.roundTripMs = pair.currentRoundTripTime === undefined ? null : Math.round(pair.currentRoundTripTime * 1000);
      this.#emit('state', this.state);
    }
  }
}

function dtlsVersion(code) {
  return { FEFC: '1.3', FEFD: '1.2', FEFF: '1.0' }[code?.toUpperCase()] ?? null;
}

/** The one SHA-256 fingerprint of a description, as bytes. */
export function fingerprint(description) {
  const lines = [...description.sdp.matchAll(/^a=fingerprint:(\S+) ([0-9A-Fa-f:]+)\s*$/gm)];
  const values = new Set(lines.map(([, algorithm, value]) => `${algorithm.toLowerCase()} ${value.toLowerCase()}`));
  const [only] = values;
  if (values.size !== 1 || !/^sha-256 [0-9a-f]{2}(:[0-9a-f]{2}){31}$/.test(only)) {
    throw new ProtocolError('the description has not exactly one SHA-256 fingerprint');
  }
  return unhex(only.slice(8).replaceAll(':', ''));
}
