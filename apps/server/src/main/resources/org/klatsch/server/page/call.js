// The call of a room: gives every member what this one sends, and watches how well it works.

import { QualityMeter } from './quality.js';

const MEASURE_EVERY_MS = 1_000;
const LEVEL_EVERY_MS = 150;
const SPEAKING = 0.02;

/** Events: change (who sends what), measured (who speaks), quality. */
export class Call extends EventTarget {
  #session;
  #local;
  #meter;
  #timers = [];
  #watched = new Set();
  #seen = new WeakMap();
  /** Whether this member takes part: sends if it turns something on, and receives. */
  active = true;

  /** @param meter a LevelMeter of the own microphone */
  constructor(session, local, meter) {
    super();
    this.#session = session;
    this.#local = local;
    this.#meter = meter;
    local.addEventListener('change', () => this.#localChanged());
    session.addEventListener('change', () => this.#membersChanged());
    session.relayed.addEventListener('change', () => this.dispatchEvent(new Event('change')));
    this.#timers = [
      setInterval(() => this.#measure(), MEASURE_EVERY_MS),
      setInterval(() => this.#listen(), LEVEL_EVERY_MS),
    ];
    this.#localChanged();
  }

  stop() {
    this.#timers.forEach(clearInterval);
    this.#local.release();
  }

  /** Whether anything is to be seen or heard. */
  get busy() {
    const mine = ['mic', 'camera', 'screen'].some((source) => this.#local.on(source));
    return this.active && (mine || this.othersSend);
  }

  get othersSend() {
    return this.#media().some((media) => media.remote.tracks.some((track) => track.on));
  }

  /** Ends the call for this member; chat and files go on. */
  hangUp() {
    this.active = false;
    this.#local.release();
    this.#changed();
  }

  /** Takes part again. */
  rejoin() {
    this.active = true;
    this.#changed();
  }

  #media() {
    return [...this.#session.members.values()].map((member) => member.media);
  }

  #localChanged() {
    this.#meter.watch(this.#local.on('mic') ? this.#local.track('mic') : null);
    if (['mic', 'camera', 'screen'].some((source) => this.#local.on(source))) {
      this.active = true;
    }
    this.#changed();
  }

  #membersChanged() {
    for (const { media } of this.#session.members.values()) {
      if (!this.#watched.has(media)) {
        this.#watched.add(media);
        media.addEventListener('wanted', () => this.#sync());
        media.addEventListener('change', () => this.dispatchEvent(new Event('change')));
      }
    }
    const present = new Set(this.#media());
    const before = this.#watched.size;
    this.#watched = new Set([...this.#watched].filter((media) => present.has(media)));
    if (before !== this.#watched.size || present.size !== this.#size) {
      this.#size = present.size;
      this.#sync();
    }
  }

  #size = 0;

  #changed() {
    this.#sync();
    this.dispatchEvent(new Event('change'));
  }

  #sync() {
    const all = this.#media();
    const direct = all.filter((media) => !media.remote.server).length;
    this.#session.relayed.sync(this.#local, this.active);
    for (const media of all) {
      media.sync(this.#local, this.active, direct);
    }
  }

  // Watching.

  async #measure() {
    const { relayed } = this.#session;
    const stats = relayed.connected ? await relayed.pc.getStats().catch(() => null) : null;
    await Promise.all([...this.#session.members.values()].map((member) => this.#measureOne(member, relayed, stats)));
    this.dispatchEvent(new Event('quality'));
  }

  async #measureOne(member, relayed, relayedStats) {
    const pc = member.peer.pc;
    if (relayedStats && member.media.server) {
      // Each member's part of the one connection, measured as if it were a connection of its own.
      member.relayedMeter ??= new QualityMeter();
      member.quality = member.relayedMeter.read(relayedStats, relayed.mids(member.info.id));
      return;
    }
    if (!pc || !member.peer.ready || !member.media.possible) {
      member.quality = null;
      return;
    }
    let seen = this.#seen.get(pc);
    if (!seen) {
      seen = new QualityMeter();
      this.#seen.set(pc, seen);
    }
    try {
      member.quality = seen.read(await pc.getStats());
    } catch {
      // Closed meanwhile.
      member.quality = null;
    }
  }

  #listen() {
    this.selfLevel = this.#meter.read();
    this.selfSpeaking = this.#local.on('mic') && this.selfLevel > SPEAKING;
    for (const member of this.#session.members.values()) {
      const level = member.media.remoteOn('mic') ? levelOf(member, this.#session.relayed) : 0;
      // The highlight goes a little later than the word.
      member.spokeAt = level > SPEAKING ? performance.now() : (member.spokeAt ?? -Infinity);
      member.speaking = performance.now() - member.spokeAt < 600;
    }
    this.dispatchEvent(new Event('measured'));
  }

  selfLevel = 0;
  selfSpeaking = false;
}

function levelOf(member, relayed) {
  const track = member.media.remoteTrack('mic');
  const receiver = member.media.server
    ? relayed.receiver(member.info.id, 'mic')
    : track && member.peer.pc?.getReceivers().find((each) => each.track === track);
  const fromPackets = receiver?.getSynchronizationSources?.()[0]?.audioLevel;
  const mid = member.media.server ? null : member.media.remoteMid('mic');
  return fromPackets ?? member.quality?.inbound.find((each) => each.mid === mid)?.audioLevel ?? 0;
}
