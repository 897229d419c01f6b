// A room or a transfer: signalling, a peer per member, chat, and the transfers with everybody.

import { SOURCES } from './local.js';
import { PeerMedia } from './media.js';
import { Peer } from './peer.js';
import { RelayedMedia } from './relayed.js';
import { Signalling } from './signalling.js';
import { State, Transfers } from './transfers.js';
import { Sha256, hex } from './sha256.js';

const CHATS_PER_SECOND = 20;
const HISTORY = 200;
const MAX_CHAT = 4000;
const PATH_EVERY_MS = 5_000;

/** This tab, the same after a reload: lets others continue interrupted transfers. */
function clientId() {
  let id = sessionStorage.getItem('klatsch.client');
  if (!id) {
    id = crypto.randomUUID();
    sessionStorage.setItem('klatsch.client', id);
  }
  return id;
}

function transferKey(files) {
  const list = JSON.stringify(files.map(({ name, size, modified }) => [name, size, modified ?? null]));
  return hex(new Sha256().update(new TextEncoder().encode(list)).digest().subarray(0, 12));
}

/** The token in the link: behind the # it reaches no log of a server on the way. */
function accessToken() {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? new URLSearchParams(location.search).get('token');
}

/**
 * Events: change (members, their state), chat (an entry in `detail`), mute (sources in `detail`), transfer (a Transfer in `detail`), status (of the
 * signalling), refused (code and text), wrong-code, welcome.
 */
export class Session extends EventTarget {
  #signalling;
  #code;
  #client = clientId();
  #unfinished = new Map();
  #accepted;
  #acceptedKey;
  #historyKey;
  #pathTimer;
  #ownKey;
  #ownIds;
  #guesses = 0;
  members = new Map();
  transfers = [];
  chat = [];
  self = null;
  welcome = null;

  /** @param code null in a room; role, secret and, once known, id */
  constructor(join, code = null) {
    super();
    this.#code = code;
    const place = join.room ?? `transfer-${join.transfer ?? 'new'}`;
    this.#acceptedKey = `klatsch.accepted.${place}`;
    this.#accepted = new Set(JSON.parse(sessionStorage.getItem(this.#acceptedKey) ?? '[]'));
    this.#historyKey = `klatsch.chat.${place}`;
    this.#ownKey = `klatsch.own.${place}`;
    this.#ownIds = new Set(JSON.parse(sessionStorage.getItem(this.#ownKey) ?? '[]'));
    if (join.room) {
      this.chat = JSON.parse(sessionStorage.getItem(this.#historyKey) ?? '[]');
    }
    const token = join.room ? accessToken() : null;
    const forwarding = join.room ? { forwarding: true } : {};
    this.#signalling = new Signalling({ ...join, ...forwarding, agent: 'page', ...(token && { token }) });
    this.#signalling.addEventListener('chat', ({ detail }) => this.#heard(detail));
    this.#signalling.addEventListener('mute', ({ detail }) => this.#emit('mute', detail));
    this.relayed = new RelayedMedia((content) => this.#signalling.media(content));
    this.#signalling.addEventListener('media', ({ detail }) => this.relayed.receive(detail));
    this.#signalling.addEventListener('speaker', ({ detail }) => this.relayed.spoke(detail.member));
    this.#signalling.addEventListener('welcome', ({ detail }) => this.#welcomed(detail));
    this.#signalling.addEventListener('member-joined', ({ detail }) => this.#add(detail.member, false));
    this.#signalling.addEventListener('member-left', ({ detail }) => this.#remove(detail.id));
    this.#signalling.addEventListener('signal', ({ detail }) => this.members.get(detail.from)?.peer.receive(detail));
    this.#signalling.addEventListener('refused', ({ detail }) => this.#emit('refused', detail));
    this.#signalling.addEventListener('state', ({ detail }) => this.#emit('status', detail));
  }

  get status() {
    return this.#signalling.state;
  }

  start() {
    this.#signalling.start();
    this.#pathTimer = setInterval(() => {
      for (const { peer } of this.members.values()) {
        if (peer.ready) {
          peer.refreshPath().catch(() => {});
        }
      }
    }, PATH_EVERY_MS);
  }

  stop() {
    clearInterval(this.#pathTimer);
    this.#signalling.stop();
    this.relayed.stop();
    for (const id of [...this.members.keys()]) {
      this.#remove(id);
    }
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // Members.

  #welcomed(welcome) {
    this.welcome = welcome;
    this.self = welcome.self;
    if (welcome.chat) {
      this.#ownIds.add(welcome.self.id);
      sessionStorage.setItem(this.#ownKey, JSON.stringify([...this.#ownIds].slice(-20)));
      welcome.chat.forEach((line) => this.#heard(line));
    }
    if (this.#code) {
      this.#code = { ...this.#code, id: welcome.transfer };
    }
    if (!welcome.resumed) {
      this.relayed.welcomed({ iceServers: welcome.iceServers });
      for (const id of [...this.members.keys()]) {
        this.#remove(id);
      }
      for (const member of welcome.members) {
        this.#add(member, true);
      }
    }
    this.#emit('welcome', welcome);
    this.#emit('change');
  }

  #add(info, newcomer) {
    const peer = new Peer(info, {
      newcomer,
      code: this.#code,
      client: this.#client,
      configuration: { iceServers: this.welcome.iceServers },
      signal: (connection, content) => this.#signalling.signal(info.id, connection, content),
    });
    const transfers = new Transfers(peer);
    const member = { info, peer, transfers, media: new PeerMedia(peer, this.relayed), quality: null, chats: [] };
    this.members.set(info.id, member);
    transfers.addEventListener('transfer', ({ detail }) => this.#transfer(member, detail));
    peer.addEventListener('control', ({ detail }) => detail.type === 'chat' && this.#chatted(member, detail));
    peer.addEventListener('ready', () => this.#ready(member));
    peer.addEventListener('state', () => this.#emit('change'));
    peer.addEventListener('failed', ({ detail }) => this.#peerFailed(member, detail));
    this.#emit('change');
  }

  #remove(id) {
    const member = this.members.get(id);
    if (member) {
      this.members.delete(id);
      member.peer.close();
      this.#emit('change');
    }
  }

  #peerFailed(member, { reason, message }) {
    if (reason === 'wrong-code') {
      this.#guesses++;
      this.#emit('wrong-code', { attempts: this.#guesses, member: member.info });
    } else {
      this.#emit('problem', { member: member.info, reason, message });
    }
  }

  // Chat.

  say(text) {
    const clean = text.trim().slice(0, MAX_CHAT);
    if (clean === '') {
      return;
    }
    if (this.welcome?.chat && this.#signalling.chat(clean)) {
      return;
    }
    const message = { type: 'chat', id: crypto.randomUUID(), text: clean, time: Date.now() };
    for (const { peer } of this.members.values()) {
      if (peer.ready) {
        peer.send(message);
      }
    }
    this.#chatEntry({ name: this.self.name, text: clean, time: message.time, own: true });
  }

  /** A line that the server keeps: somebody's, or this page's own on its way back. */
  #heard({ id, from, name, text, time }) {
    if (id === 0 || !this.chat.some((entry) => entry.id === id)) {
      this.#chatEntry({ id, name, text, time, own: this.#ownIds.has(from) });
    }
  }

  #chatted(member, { text, time }) {
    const now = performance.now();
    member.chats = member.chats.filter((at) => now - at < 1000);
    if (member.chats.length < CHATS_PER_SECOND) {
      member.chats.push(now);
      this.#chatEntry({ name: member.info.name, text, time, own: false });
    }
  }

  #chatEntry(entry) {
    this.chat.push(entry);
    this.chat.splice(0, this.chat.length - HISTORY);
    try {
      sessionStorage.setItem(this.#historyKey, JSON.stringify(this.chat));
    } catch {
      // A full store costs the history after a reload, nothing else.
    }
    this.#emit('chat', entry);
  }

  // Files.

  /** Offers files to everybody present, or to those who come if nobody is. */
  send(files) {
    for (const member of this.members.values()) {
      this.#sendTo(member, files);
    }
  }

  #sendTo(member, files) {
    if (member.peer.ready) {
      member.transfers.send(files);
    } else {
      this.#remember(member, files);
    }
  }

  #who(member) {
    return member.peer.client ?? member.info.id;
  }

  #remember(member, files, earlier = null) {
    const who = this.#who(member);
    const list = this.#unfinished.get(who) ?? [];
    list.push({ files, earlier });
    this.#unfinished.set(who, list);
  }

  #ready(member) {
    for (const who of new Set([this.#who(member), member.info.id])) {
      const list = this.#unfinished.get(who) ?? [];
      this.#unfinished.delete(who);
      for (const { files, earlier } of list) {
        this.#forget(earlier);
        member.transfers.send(files);
      }
    }
    this.#emit('ready', member);
    this.#emit('change');
  }

  #forget(transfer) {
    const at = this.transfers.indexOf(transfer);
    if (at >= 0) {
      this.transfers.splice(at, 1);
      this.#emit('forgotten', transfer);
    }
  }

  #transfer(member, transfer) {
    transfer.member = member.info;
    transfer.key = transferKey(transfer.files);
    if (transfer.direction === 'in') {
      for (const earlier of this.transfers.filter(
        (each) => each.direction === 'in' && each.state === State.interrupted && each.key === transfer.key)) {
        this.#forget(earlier);
      }
    }
    this.transfers.push(transfer);
    let over = false;
    transfer.addEventListener('change', () => {
      if (!over && (transfer.ended || transfer.state === State.interrupted)) {
        over = true;
        this.#over(member, transfer);
      }
    });
    this.#emit('transfer', transfer);
    if (transfer.direction === 'in' && this.#accepted.has(transfer.key)) {
      transfer.accept();
    }
  }

  #over(member, transfer) {
    if (transfer.state === State.interrupted && transfer.direction === 'out') {
      const files = transfer.files
        .filter((file) => ![State.done, State.declined].includes(file.state))
        .map(({ file, name }) => ({ file, name }));
      this.#remember(member, files, transfer);
    } else if (transfer.direction === 'in' && transfer.ended) {
      this.#accepted.delete(transfer.key);
      this.#saveAccepted();
    }
  }

  accept(transfer, handles = null) {
    if (!handles) {
      this.#accepted.add(transfer.key);
      this.#saveAccepted();
    }
    return transfer.accept(handles);
  }

  #saveAccepted() {
    sessionStorage.setItem(this.#acceptedKey, JSON.stringify([...this.#accepted].slice(-50)));
  }

  /** What browser tests read. */
  state() {
    return {
      room: this.welcome?.room ?? null,
      transfer: this.welcome?.transfer ?? null,
      status: this.status,
      self: this.self,
      members: [...this.members.values()].map(({ info }) => ({ id: info.id, name: info.name })),
      connections: [...this.members.values()].map(({ info, peer, media, quality }) => ({
        member: info.id,
        name: info.name,
        state: peer.state,
        path: peer.path,
        dtls: peer.dtls,
        dtlsVersion: peer.dtls,
        codecs: quality?.codecs ?? [],
        media: {
          remote: Object.fromEntries(SOURCES.map((source) => [source, media.remoteOn(source) ?? false])),
          receives: media.remote.receive,
          through: media.server ? 'server' : 'peer',
          roundTripMs: quality?.roundTripMs ?? null,
          lossPercent: quality?.lossPercent ?? null,
          receiveKbps: quality?.receiveKbps ?? null,
          sendKbps: quality?.sendKbps ?? null,
          inbound: quality?.inbound ?? [],
        },
      })),
      server: { state: this.relayed.pc?.connectionState ?? 'none', speaker: this.relayed.speaker },
      files: this.transfers.flatMap((transfer) =>
        transfer.files.map((file) => ({
          name: file.name,
          bytes: file.size,
          done: file.done,
          sha256: file.sha256,
          state: file.state,
          reason: file.reason,
          direction: transfer.direction,
          member: transfer.member.id,
          transfer: transfer.number,
        }))),
      chat: this.chat.map(({ name, text, own }) => ({ name, text, own })),
    };
  }
}
