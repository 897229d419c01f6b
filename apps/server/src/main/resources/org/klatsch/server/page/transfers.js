// Sending and receiving files over one peer's channels, docs/transfer-protocol.md §7 to §11.

import { DATA, END, HEADER_BYTES, MAX_FILES, MAX_TRANSFERS, ProtocolError, WINDOW, parseFrame } from './protocol.js';
import { DistinctNames, safeName } from './names.js';
import { canKeepFiles, claimKey, fileKey, fileNumber, fileUrl, hasSpace, reader, writer } from './files.js';
import { hex } from './sha256.js';

const BUFFERED_MOST = 1024 * 1024;
const BUFFERED_LOW = 512 * 1024;
const OFFER_FILES = 200;
const HAVE_MOST = 256;
const ACK_MS = 500;
const RATE_MS = 4_000;

/** States of a transfer and of a file, in words for people too. */
export const State = {
  offered: 'offered',
  preparing: 'preparing',
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  declined: 'declined',
  interrupted: 'interrupted',
};

const ENDED = new Set([State.done, State.failed, State.cancelled, State.declined]);

/** How fast bytes come, over the last seconds. */
class Rate {
  #samples = [];

  add(total) {
    const now = performance.now();
    const last = this.#samples.at(-1);
    if (last && now - last.now < 100) {
      last.total = total;
      return;
    }
    this.#samples.push({ now, total });
    while (this.#samples.length > 2 && now - this.#samples[0].now > RATE_MS) {
      this.#samples.shift();
    }
  }

  reset() {
    this.#samples = [];
  }

  get bytesPerSecond() {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || first === last || performance.now() - last.now > RATE_MS) {
      return 0;
    }
    return ((last.total - first.total) * 1000) / Math.max(1, performance.now() - first.now);
  }
}

/** One transfer in one direction. Emits `change`. */
class Transfer extends EventTarget {
  constructor(direction, number, peer) {
    super();
    this.direction = direction;
    this.number = number;
    this.peer = peer;
    this.state = State.offered;
    this.reason = null;
    this.files = [];
    this.pausedHere = false;
    this.pausedThere = false;
    this.rate = new Rate();
  }

  get paused() {
    return this.pausedHere || this.pausedThere;
  }

  get ended() {
    return ENDED.has(this.state);
  }

  get bytes() {
    return this.files.reduce((sum, file) => sum + (file.skipped ? 0 : file.size), 0);
  }

  get doneBytes() {
    return this.files.reduce((sum, file) => sum + file.done, 0);
  }

  get secondsLeft() {
    const rate = this.rate.bytesPerSecond;
    return rate > 0 ? (this.bytes - this.doneBytes) / rate : null;
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }

  finish(state, reason = null) {
    if (this.ended) {
      return false;
    }
    this.state = state;
    this.reason = reason;
    for (const file of this.files) {
      if (!ENDED.has(file.state)) {
        file.state = state;
        file.reason = reason;
      }
    }
    this.changed();
    return true;
  }

  pause() {
    if (!this.pausedHere) {
      this.pausedHere = true;
      this.peer?.send({ type: 'pause', transfer: this.number });
      this.rate.reset();
      this.changed();
    }
  }

  resume() {
    if (this.pausedHere) {
      this.pausedHere = false;
      this.peer?.send({ type: 'resume', transfer: this.number });
      this.rate.reset();
      this.changed();
    }
  }

  cancel(reason = 'cancelled') {
    if (this.finish(reason === 'cancelled' ? State.cancelled : State.failed, reason)) {
      this.peer?.send({ type: 'cancel', transfer: this.number, reason });
    }
  }
}

export class Outgoing extends Transfer {
  /** @param files [{file, name}] */
  constructor(number, peer, files) {
    super('out', number, peer);
    this.files = files.map(({ file, name }, index) => ({
      index, file, name, size: file.size, modified: Math.max(0, file.lastModified) || undefined,
      done: 0, state: State.offered, sha256: null, reason: null, skipped: false,
    }));
    this.acked = 0;
    this.sent = 0;
    this.have = [];
    this.wake = () => {};
  }

  offer() {
    let part = [];
    let size = 0;
    const flush = (more) => {
      this.peer.send({ type: 'offer', transfer: this.number, files: part, more });
      part = [];
      size = 0;
    };
    for (const { name, size: bytes, modified } of this.files) {
      const entry = { name, size: bytes, modified };
      // Six bytes for each unit is what JSON may take.
      const length = 80 + 6 * name.length;
      if (part.length === OFFER_FILES || (part.length > 0 && size + length > 48_000)) {
        flush(true);
      }
      part.push(entry);
      size += length;
    }
    flush(false);
  }

  accepted(message) {
    if (this.state !== State.offered) {
      return;
    }
    this.window ??= message.window;
    for (const index of message.skip ?? []) {
      const file = this.files[index];
      if (file) {
        file.skipped = true;
        file.state = State.declined;
      }
    }
    this.have.push(...(message.have ?? []));
    if (!message.more) {
      this.state = State.running;
      this.changed();
      this.run();
    }
  }

  async run() {
    const number = fileNumber();
    try {
      for (const file of this.files) {
        if (!file.skipped) {
          await this.#sendFile(number, file);
        }
        if (this.ended || this.state === State.interrupted) {
          return;
        }
      }
    } catch (error) {
      console.warn('sending failed', error);
      this.cancel(error.name === 'InvalidStateError' ? 'changed' : 'unreadable');
    } finally {
      reader.call('close', { number }).catch(() => {});
    }
  }

  async #sendFile(number, file) {
    file.state = State.preparing;
    this.changed();
    const have = this.have.filter((entry) => entry.file === file.index);
    const { bulk } = this.peer;
    bulk.bufferedAmountLowThreshold = BUFFERED_LOW;
    const start = await reader.call('open', {
      number, file: file.file, transfer: this.number, index: file.index, have, frameBytes: this.peer.frameBytes,
    });
    file.start = start;
    file.done = start;
    file.state = State.running;
    this.changed();
    for (let next = reader.call('next', { number }); ; ) {
      const { frames, sha256 } = await next;
      // The next piece is read while this one is sent.
      next = sha256 ? null : reader.call('next', { number });
      next?.catch(() => {});
      for (const frame of frames) {
        const payload = sha256 ? 0 : frame.byteLength - HEADER_BYTES;
        while (!(await this.#mayContinue(bulk, payload))) {
          if (this.ended || this.state === State.interrupted) {
            return;
          }
        }
        bulk.send(frame);
        this.sent += payload;
      }
      if (sha256) {
        file.sha256 = sha256;
        this.changed();
        return;
      }
    }
  }

  /** True if a frame may be sent now, else false after something changed. */
  async #mayContinue(bulk, payload) {
    if (this.ended || this.state === State.interrupted) {
      return false;
    }
    if (bulk.readyState !== 'open') {
      this.state = State.interrupted;
      return false;
    }
    if (bulk.bufferedAmount > BUFFERED_MOST) {
      await new Promise((resolve) => {
        bulk.addEventListener('bufferedamountlow', resolve, { once: true });
        bulk.addEventListener('close', resolve, { once: true });
      });
      return false;
    }
    if (this.paused || this.sent - this.acked + payload > this.window) {
      await new Promise((resolve) => (this.wake = resolve));
      return false;
    }
    return true;
  }

  acknowledged(bytes) {
    this.acked = Math.min(this.sent, Math.max(this.acked, bytes));
    let left = this.acked;
    for (const file of this.files) {
      if (!file.skipped && file.start !== undefined) {
        const part = Math.min(left, file.size - file.start);
        file.done = file.start + part;
        left -= part;
      }
    }
    this.rate.add(this.doneBytes);
    this.wake();
    this.changed();
  }

  answered(index, state, reason = null) {
    const file = this.files[index];
    if (!file || ENDED.has(file.state)) {
      return;
    }
    file.state = state;
    file.reason = reason;
    if (state === State.done) {
      file.done = file.size;
    }
    if (this.files.every((each) => ENDED.has(each.state))) {
      this.peer.send({ type: 'done', transfer: this.number });
      const failed = this.files.find((each) => each.state === State.failed);
      this.finish(failed ? State.failed : State.done, failed?.reason ?? null);
    }
    this.changed();
  }

  changed() {
    super.changed();
    if (this.ended || !this.paused) {
      this.wake?.();
    }
  }
}

export class Incoming extends Transfer {
  #names = new DistinctNames();
  #current = null;
  #received = 0;
  #written = 0;
  #told = 0;
  #toldAt = 0;
  #handles = null;

  constructor(number, peer) {
    super('in', number, peer);
    this.complete = false;
  }

  /** A part of the offer. Null, or the reason to decline. */
  offered(message) {
    for (const { name, size, modified } of message.files) {
      const safe = safeName(name);
      if (safe === null) {
        return 'name';
      }
      this.files.push({
        index: this.files.length, name: this.#names.add(safe), size, modified,
        done: 0, state: State.offered, sha256: null, reason: null, skipped: false, url: null,
      });
    }
    if (this.files.length > MAX_FILES) {
      return 'limit';
    }
    this.complete = !message.more;
    this.changed();
    return null;
  }

  decline(reason = 'declined') {
    if (this.finish(State.declined, reason)) {
      this.peer?.send({ type: 'decline', transfer: this.number, reason });
    }
  }

  /** @param handles for files to be written to where the user wants them: by index, else the private file system */
  async accept(handles = null) {
    if (this.state !== State.offered || !this.complete) {
      return;
    }
    this.state = State.preparing;
    this.#handles = handles;
    this.changed();
    try {
      if (!handles) {
        if (!(await canKeepFiles())) {
          throw new DOMException('This window cannot keep files.', 'SecurityError');
        }
        if (!(await hasSpace(this.bytes))) {
          this.decline('space');
          return;
        }
      }
      const have = [];
      for (const file of this.files) {
        if (!handles) {
          const claim = await claimKey(fileKey(file.name, file.size, file.modified));
          file.key = claim.key;
          file.release = claim.release;
          const found = await writer.call('have', { key: file.key, size: file.size }).catch(() => []);
          if (have.length + found.length <= HAVE_MOST) {
            have.push(...found.map((entry) => ({ file: file.index, ...entry })));
          }
        }
      }
      if (this.ended) {
        return;
      }
      this.state = State.running;
      this.peer.send({ type: 'accept', transfer: this.number, window: WINDOW, have });
      this.#have = have;
      this.changed();
    } catch (error) {
      console.warn('cannot accept', error);
      this.decline('space');
    }
  }

  #have = [];

  /** A frame of this transfer. */
  frame(frame) {
    if (this.state !== State.running) {
      return;
    }
    const problem = frame.type === DATA ? this.#data(frame) : this.#end(frame);
    if (problem) {
      this.cancel(problem);
    }
  }

  #nextFile(index) {
    const expected = this.files.find((file) => file.state === State.offered && !file.skipped);
    return expected?.index === index ? expected : null;
  }

  /** Starts a file with its first frame, which may continue what was there before. */
  #begin(frame) {
    const file = this.#nextFile(frame.file);
    if (!file) {
      return null;
    }
    const allowed =
      frame.offset === 0 || this.#have.some((entry) => entry.file === file.index && entry.offset === frame.offset);
    if (!allowed) {
      return null;
    }
    file.state = State.running;
    file.done = frame.offset;
    this.#current = { file, number: fileNumber(), at: frame.offset };
    this.#call('open', {
      number: this.#current.number, key: file.key, offset: frame.offset, handle: this.#handles?.[file.index],
    });
    this.changed();
    return this.#current;
  }

  #data(frame) {
    const current = this.#current ?? this.#begin(frame);
    if (
      !current || current.file.index !== frame.file || current.at !== frame.offset ||
      frame.offset + frame.payload.length > current.file.size
    ) {
      return 'protocol';
    }
    current.at += frame.payload.length;
    this.#received += frame.payload.length;
    if (this.#received - this.#written > WINDOW) {
      return 'flow';
    }
    const { buffer, byteOffset, length } = frame.payload;
    this.#call('write', { number: current.number, buffer, from: byteOffset }, [buffer]).then((written) => {
      if (written !== undefined) {
        this.#written += length;
        current.file.done += length;
        this.#acknowledge(false);
      }
    });
    return null;
  }

  #end(frame) {
    const current = this.#current ?? this.#begin(frame);
    if (!current || current.file.index !== frame.file || current.at !== frame.offset) {
      return 'protocol';
    }
    this.#current = null;
    this.#complete(current, frame.offset, hex(frame.payload));
    return null;
  }

  async #complete({ file, number }, size, sha256) {
    const result = await this.#call('finish', { number, size, sha256, key: file.key });
    if (!result || this.ended) {
      return;
    }
    this.#acknowledge(true);
    const right = result.right && size === file.size;
    file.sha256 = result.sha256;
    if (right) {
      file.url = file.key ? await fileUrl(file.key) : null;
      file.state = State.done;
      this.peer.send({ type: 'received', transfer: this.number, file: file.index, sha256: result.sha256 });
    } else {
      file.state = State.failed;
      file.reason = 'integrity';
      this.peer.send({ type: 'failed', transfer: this.number, file: file.index, reason: 'integrity' });
    }
    if (this.files.every((each) => ENDED.has(each.state))) {
      this.finish(this.files.some((each) => each.state === State.failed) ? State.failed : State.done);
    }
    this.changed();
  }

  #acknowledge(now) {
    this.rate.add(this.doneBytes);
    const due = this.#written - this.#told >= WINDOW / 4 || performance.now() - this.#toldAt > ACK_MS;
    if ((now || due) && this.#written > this.#told && this.state === State.running) {
      this.#told = this.#written;
      this.#toldAt = performance.now();
      this.peer.send({ type: 'ack', transfer: this.number, bytes: this.#written });
    }
    this.changed();
  }

  async #call(command, members, transferred) {
    try {
      return (await writer.call(command, members, transferred)) ?? null;
    } catch (error) {
      console.warn('writing failed', error);
      this.cancel(error.name === 'QuotaExceededError' ? 'space' : 'unwritable');
      return undefined;
    }
  }

  finish(state, reason) {
    const finished = super.finish(state, reason);
    if (finished) {
      this.#leave();
    }
    return finished;
  }

  /** Closes the file being written; it can be continued. */
  interrupt() {
    if (!this.ended) {
      this.state = State.interrupted;
      this.#leave();
      for (const file of this.files) {
        if (!ENDED.has(file.state)) {
          file.release?.();
        }
      }
      this.changed();
    }
  }

  #leave() {
    if (this.#current) {
      writer.call('leave', { number: this.#current.number }).catch(() => {});
      this.#current = null;
    }
  }
}

/** All transfers with one peer. Emits `transfer` for each new one, with it in `detail`. */
export class Transfers extends EventTarget {
  #peer;
  #outgoing = new Map();
  #incoming = new Map();
  #used = new Set();

  constructor(peer) {
    super();
    this.#peer = peer;
    peer.addEventListener('control', ({ detail }) => this.#control(detail));
    peer.addEventListener('frame', ({ detail }) => this.#frame(detail));
    peer.addEventListener('gone', () => this.#gone());
  }

  /** Offers files: [{file, name}]. */
  send(files) {
    const transfer = new Outgoing(this.#newNumber(), this.#peer, files);
    this.#outgoing.set(transfer.number, transfer);
    this.#announce(transfer);
    transfer.offer();
    return transfer;
  }

  #newNumber() {
    let number;
    do {
      [number] = crypto.getRandomValues(new Uint32Array(1));
    } while (number === 0 || this.#used.has(number));
    this.#used.add(number);
    return number;
  }

  #announce(transfer) {
    this.dispatchEvent(new CustomEvent('transfer', { detail: transfer }));
  }

  #gone() {
    for (const transfer of this.#outgoing.values()) {
      if (!transfer.ended) {
        transfer.state = State.interrupted;
        transfer.changed();
        transfer.wake();
      }
    }
    for (const transfer of this.#incoming.values()) {
      transfer.interrupt();
    }
    this.#outgoing.clear();
    this.#incoming.clear();
    this.#used.clear();
  }

  #frame(buffer) {
    try {
      const frame = parseFrame(buffer);
      const transfer = this.#incoming.get(frame.transfer);
      if (transfer) {
        transfer.frame(frame);
      } else if (!this.#used.has(frame.transfer)) {
        throw new ProtocolError('a frame of a transfer that was never offered');
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) {
        throw error;
      }
      this.#peer.protocolError(error.message);
    }
  }

  #control(message) {
    const out = this.#outgoing.get(message.transfer);
    const incoming = this.#incoming.get(message.transfer);
    const either = out ?? incoming;
    switch (message.type) {
      case 'offer':
        this.#offer(message);
        break;
      case 'accept':
        out?.accepted(message);
        break;
      case 'decline':
        out?.finish(State.declined, message.reason);
        break;
      case 'ack':
        if (out && !out.ended) {
          out.acknowledged(message.bytes);
        }
        break;
      case 'pause':
      case 'resume':
        if (either && !either.ended) {
          either.pausedThere = message.type === 'pause';
          either.rate.reset();
          either.changed();
        }
        break;
      case 'cancel':
        either?.finish(message.reason === 'cancelled' ? State.cancelled : State.failed, message.reason);
        break;
      case 'received':
        this.#received(out, message);
        break;
      case 'failed':
        out?.answered(message.file, State.failed, message.reason);
        break;
      default:
      // done needs no answer; chat is for somebody else.
    }
  }

  #received(out, { file, sha256 }) {
    const sent = out?.files[file];
    if (sent?.sha256) {
      const right = sent.sha256 === sha256;
      out.answered(file, right ? State.done : State.failed, right ? null : 'integrity');
    }
  }

  #offer(message) {
    let transfer = this.#incoming.get(message.transfer);
    if (transfer) {
      if (transfer.complete || transfer.ended) {
        throw new ProtocolError('an offer that was complete');
      }
    } else {
      if (this.#used.has(message.transfer)) {
        throw new ProtocolError('a number that was used before');
      }
      this.#used.add(message.transfer);
      const running = [...this.#incoming.values()].filter((each) => !each.ended).length;
      if (running >= MAX_TRANSFERS) {
        this.#peer.send({ type: 'decline', transfer: message.transfer, reason: 'limit' });
        return;
      }
      transfer = new Incoming(message.transfer, this.#peer);
      this.#incoming.set(message.transfer, transfer);
    }
    const reason = transfer.offered(message);
    if (reason) {
      transfer.decline(reason);
    } else if (transfer.complete) {
      this.#announce(transfer);
    }
  }
}
