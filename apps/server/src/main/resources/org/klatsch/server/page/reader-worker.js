// Reads files to send, hashes them, and makes frames of them.

import { Sha256, hex } from './sha256.js';
import { DATA, END, HEADER_BYTES, writeHeader } from './protocol.js';

const READ_BYTES = 1024 * 1024;

/** The files being sent, by number. */
const open = new Map();

async function read(file, from, to) {
  const bytes = new Uint8Array(await file.slice(from, to).arrayBuffer());
  if (bytes.length !== to - from) {
    throw new DOMException('the file became shorter', 'InvalidStateError');
  }
  return bytes;
}

const commands = {
  /** Hashes the beginning of the file and tells where it can be continued, according to the receiver's `have`. */
  async open({ number, file, transfer, index, have, frameBytes }) {
    let hash = new Sha256();
    let start = 0;
    let startHash = hash.clone();
    let at = 0;
    for (const { offset, sha256 } of have) {
      if (offset > file.size) {
        break;
      }
      while (at < offset) {
        const to = Math.min(offset, at + 4 * READ_BYTES);
        hash.update(await read(file, at, to));
        at = to;
      }
      if (hex(hash.digest()) === sha256) {
        start = offset;
        startHash = hash.clone();
      }
    }
    hash = startHash;
    open.set(number, { file, hash, at: start, transfer, index, frameBytes });
    return start;
  },

  /** The next frames: about 1 MiB of data, or the end. */
  async next({ number }) {
    const state = open.get(number);
    const { file, transfer, index } = state;
    if (state.at === file.size) {
      open.delete(number);
      const digest = state.hash.digest();
      const frame = new Uint8Array(HEADER_BYTES + digest.length);
      writeHeader(frame.buffer, END, transfer, index, state.at);
      frame.set(digest, HEADER_BYTES);
      return { frames: [frame.buffer], sha256: hex(digest) };
    }
    const payload = state.frameBytes - HEADER_BYTES;
    const whole = Math.max(1, Math.floor(READ_BYTES / payload)) * payload;
    const data = await read(file, state.at, Math.min(file.size, state.at + whole));
    state.hash.update(data);
    const frames = [];
    for (let from = 0; from < data.length; from += payload) {
      const part = data.subarray(from, from + payload);
      const frame = new Uint8Array(HEADER_BYTES + part.length);
      writeHeader(frame.buffer, DATA, transfer, index, state.at + from);
      frame.set(part, HEADER_BYTES);
      frames.push(frame.buffer);
    }
    state.at += data.length;
    return { frames };
  },

  async close({ number }) {
    open.delete(number);
  },
};

let last = Promise.resolve();
self.addEventListener('message', ({ data }) => {
  last = last.then(async () => {
    try {
      const value = await commands[data.command](data);
      self.postMessage({ id: data.id, value }, value?.frames ?? []);
    } catch (error) {
      self.postMessage({ id: data.id, error: error.name ?? 'Error', message: String(error.message ?? error) });
    }
  });
});
