// Writes received files piece by piece and hashes what it writes. A file goes to the browser's private file system
// (OPFS), where an interrupted one waits to be continued, or to a place that the user chose.

import { Sha256, hex } from './sha256.js';

const FOLDER = 'klatsch';
const READ_BYTES = 4 * 1024 * 1024;
const GRANULE = 65_536;

/** Hash states of partial files by key: [{offset, hash}]. */
const partial = new Map();
/** Open files by number. */
const open = new Map();

async function folder() {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

const commands = {
  /** What there is of a file from an interrupted transfer: up to four offsets with the hash of what is before. */
  async have({ key, size }) {
    let handle;
    try {
      handle = await (await folder()).getFileHandle(key);
    } catch {
      return [];
    }
    const access = await handle.createSyncAccessHandle();
    try {
      const length = Math.min(access.getSize(), size);
      const whole = length === size ? length : length - (length % GRANULE);
      const points = [0.5, 0.75, 0.95].map((part) => Math.floor((whole * part) / GRANULE) * GRANULE);
      const offsets = [...new Set([...points, whole])].filter((offset) => offset > 0);
      const states = [];
      const hash = new Sha256();
      const buffer = new Uint8Array(READ_BYTES);
      let at = 0;
      for (const offset of offsets) {
        while (at < offset) {
          const read = access.read(buffer.subarray(0, Math.min(READ_BYTES, offset - at)), { at });
          if (read === 0) {
            return [];
          }
          hash.update(buffer.subarray(0, read));
          at += read;
        }
        states.push({ offset, hash: hash.clone() });
      }
      partial.set(key, states);
      return states.map((state) => ({ offset: state.offset, sha256: hex(state.hash.digest()) }));
    } finally {
      access.close();
    }
  },

  /** Opens a file to continue at an offset that `have` told, or at 0. */
  async open({ number, key, offset, handle }) {
    if (handle) {
      const stream = await handle.createWritable();
      open.set(number, { stream, hash: new Sha256(), at: 0 });
      return;
    }
    const file = await (await folder()).getFileHandle(key, { create: true });
    const access = await file.createSyncAccessHandle();
    const state = (partial.get(key) ?? []).find((known) => known.offset === offset);
    partial.delete(key);
    access.truncate(state ? offset : 0);
    open.set(number, { access, hash: state ? state.hash : new Sha256(), at: state ? offset : 0 });
  },

  async write({ number, buffer, from }) {
    const file = open.get(number);
    const data = new Uint8Array(buffer, from);
    file.hash.update(data);
    if (file.stream) {
      await file.stream.write(data);
    } else {
      for (let done = 0; done < data.length; ) {
        const written = file.access.write(data.subarray(done), { at: file.at + done });
        if (written === 0) {
          throw new DOMException('nothing was written', 'QuotaExceededError');
        }
        done += written;
      }
    }
    file.at += data.length;
    return data.length;
  },

  /** Compares size and hash and keeps the file if they are right. */
  async finish({ number, size, sha256, key }) {
    const file = open.get(number);
    open.delete(number);
    const own = hex(file.hash.digest());
    const right = file.at === size && own === sha256;
    if (file.stream) {
      await (right ? file.stream.close() : file.stream.abort());
    } else {
      file.access.flush();
      file.access.close();
      if (!right) {
        await (await folder()).removeEntry(key);
      }
    }
    return { right, sha256: own };
  },

  /** Closes an unfinished file; what was written stays to be continued. */
  async leave({ number }) {
    const file = open.get(number);
    open.delete(number);
    if (file?.stream) {
      await file.stream.abort();
    } else if (file) {
      file.access.flush();
      file.access.close();
    }
  },

  async remove({ key }) {
    await (await folder()).removeEntry(key);
  },

  /** Removes what nobody will continue: old files, and those `keep` does not list if they are complete. */
  async clean({ keep, olderThan }) {
    const directory = await folder();
    for await (const [key, handle] of directory.entries()) {
      if (keep.includes(key) || handle.kind !== 'file') {
        continue;
      }
      const file = await handle.getFile();
      if (file.lastModified < olderThan || key.endsWith(`-${file.size}`)) {
        await directory.removeEntry(key).catch(() => {});
      }
    }
  },
};

let last = Promise.resolve();
self.addEventListener('message', ({ data }) => {
  // In order, so that a write never overtakes the opening of its file.
  last = last.then(async () => {
    try {
      self.postMessage({ id: data.id, value: await commands[data.command](data) });
    } catch (error) {
      self.postMessage({ id: data.id, error: error.name ?? 'Error', message: String(error.message ?? error) });
    }
  });
});
