// Safe names, docs/transfer-protocol.md §11.

const UTF8 = new TextEncoder();
const MAX_PART_BYTES = 200;
const MAX_EXTENSION_BYTES = 16;
const MAX_PARTS = 32;
// eslint-disable-next-line no-control-regex
const FORBIDDEN =
  /[\u0000-\u001f\u007f-\u009f<>:"|?*\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$/i;

/** The safe form of a name of an offer, or null if the transfer is to be declined. */
export function safeName(name) {
  const parts = name
    .toWellFormed()
    .replaceAll('\ufffd', (c, at) => (isLoneSurrogate(name, at) ? '_' : c))
    .normalize('NFC')
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map(safePart);
  if (parts.length > MAX_PARTS) {
    return null;
  }
  return parts.length === 0 ? '_' : parts.join('/');
}

function isLoneSurrogate(name, at) {
  return (name.charCodeAt(at) & 0xf800) === 0xd800;
}

function safePart(part) {
  part = trim(part.replace(FORBIDDEN, '_'));
  const dot = part.indexOf('.');
  const stem = (dot < 0 ? part : part.slice(0, dot)).replace(/ +$/, '');
  if (DEVICE.test(stem)) {
    part = '_' + part;
  }
  const lower = asciiLower(part);
  const ends = lower.endsWith('.klatsch-part');
  if (ends || lower.startsWith('.klatsch-')) {
    part = '_' + part + (ends ? '_' : '');
  }
  return cut(part);
}

function asciiLower(text) {
  return text.replace(/[A-Z]/g, (c) => c.toLowerCase());
}

function trim(part) {
  part = part.replace(/^ +/, '').replace(/[ .]+$/, '');
  return part === '' ? '_' : part;
}

function cut(part) {
  if (bytes(part) <= MAX_PART_BYTES) {
    return part;
  }
  const dot = part.lastIndexOf('.');
  let extension = dot > 0 ? part.slice(dot) : '';
  if (bytes(extension) > MAX_EXTENSION_BYTES) {
    extension = '';
  }
  const stem = part.slice(0, part.length - extension.length);
  return trim(cutTo(stem, MAX_PART_BYTES - bytes(extension)) + extension);
}

function cutTo(text, most) {
  let length = 0;
  let out = '';
  for (const character of text) {
    length += bytes(character);
    if (length > most) {
      break;
    }
    out += character;
  }
  return out;
}

function bytes(text) {
  return UTF8.encode(text).length;
}

/** Tells equal names apart by (2), (3) …; a file in place of a folder counts as equal. */
export class DistinctNames {
  #taken = new Map();

  add(name) {
    let candidate = name;
    for (let n = 2; this.#clashes(candidate); n++) {
      const slash = name.lastIndexOf('/');
      const dot = name.lastIndexOf('.');
      const at = dot > slash + 1 ? dot : name.length;
      candidate = `${name.slice(0, at)} (${n})${name.slice(at)}`;
    }
    const key = candidate.toLowerCase();
    this.#taken.set(key, 'file');
    for (let at = key.lastIndexOf('/'); at > 0; at = key.lastIndexOf('/', at - 1)) {
      this.#taken.set(key.slice(0, at), 'folder');
    }
    return candidate;
  }

  #clashes(name) {
    const key = name.toLowerCase();
    if (this.#taken.has(key)) {
      return true;
    }
    for (let at = key.lastIndexOf('/'); at > 0; at = key.lastIndexOf('/', at - 1)) {
      if (this.#taken.get(key.slice(0, at)) === 'file') {
        return true;
      }
    }
    return false;
  }
}
