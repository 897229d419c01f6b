// The page's side of the two workers, and the life of received files in the browser's private file system.

import { Sha256, hex } from './sha256.js';

const UTF8 = new TextEncoder();
const KEEP_PARTIAL_MS = 3 * 24 * 3600 * 1000;
const LOCK_PREFIX = 'klatsch-file-';

class Remote {
  #worker;
  #url;
  #calls = new Map();
  #ids = 0;

  constructor(url) {
    this.#url = url;
  }

  call(command, members = {}, transferred = []) {
    this.#worker ??= this.#start();
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#worker.postMessage({ ...members, command, id }, transferred);
    });
  }

  #start() {
    const worker = new Worker(this.#url, { type: 'module' });
    worker.addEventListener('message', ({ data }) => {
      const call = this.#calls.get(data.id);
      this.#calls.delete(data.id);
      if (data.error) {
        call.reject(new DOMException(data.message, data.error));
      } else {
        call.resolve(data.value);
      }
    });
    worker.addEventListener('error', (event) => {
      for (const call of this.#calls.values()) {
        call.reject(new DOMException(event.message ?? 'the worker failed', 'AbortError'));
      }
      this.#calls.clear();
    });
    return worker;
  }
}

export const writer = new Remote(new URL('writer-worker.js', import.meta.url));
export const reader = new Remote(new URL('reader-worker.js', import.meta.url));

let numbers = 0;
/** A number for a file that a worker has open. */
export function fileNumber() {
  return ++numbers;
}

/** Whether received files can be kept at all: not in some private windows, nor without TLS. */
export async function canKeepFiles() {
  try {
    await navigator.storage.getDirectory();
    return true;
  } catch {
    return false;
  }
}

/** Whether so many bytes fit, as far as the browser tells. */
export async function hasSpace(bytes) {
  const { quota, usage } = (await navigator.storage.estimate?.()) ?? {};
  return quota === undefined || bytes < quota - usage;
}

/** The name in the private file system under which a file is continued: the same for the same name, size and time. */
export function fileKey(name, size, modified) {
  const digest = new Sha256().update(UTF8.encode(JSON.stringify([name, size, modified ?? null]))).digest();
  return `${hex(digest.subarray(0, 16))}-${size}`;
}

/** Claims a key for this tab; another one if another tab, or another transfer of this one, has it. */
export async function claimKey(key) {
  for (let n = 0; ; n++) {
    const candidate = n === 0 ? key : key.replace('-', `~${crypto.randomUUID().slice(0, 8)}-`);
    const release = await lock(LOCK_PREFIX + candidate);
    if (release) {
      return { key: candidate, release };
    }
  }
}

function lock(name) {
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (held) => {
      if (!held) {
        resolve(null);
        return undefined;
      }
      return new Promise((release) => resolve(release));
    });
  });
}

/** A link to a received file. */
export async function fileUrl(key) {
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle('klatsch');
  const file = await (await directory.getFileHandle(key)).getFile();
  return URL.createObjectURL(file);
}

/** Removes what earlier visits left behind and no tab uses. */
export async function cleanUp() {
  if (!navigator.locks || !(await canKeepFiles())) {
    return;
  }
  const { held } = await navigator.locks.query();
  const keep = held.map(({ name }) => name).filter((name) => name.startsWith(LOCK_PREFIX));
  await writer.call('clean', {
    keep: keep.map((name) => name.slice(LOCK_PREFIX.length)),
    olderThan: Date.now() - KEEP_PARTIAL_MS,
  });
}
