// Messages and frames between peers, docs/transfer-protocol.md: checked here, so that everything behind can trust them.

export const HEADER_BYTES = 20;
export const DATA = 1;
export const END = 2;
export const MAX_FRAME_BYTES = 262_144;
export const MAX_CONTROL_BYTES = 65_536;
export const MAX_FILES = 10_000;
export const MAX_TRANSFERS = 64;
export const WINDOW = 16 * 1024 * 1024;

const MAX_SAFE = Number.MAX_SAFE_INTEGER;
const UTF8 = new TextEncoder();

export class ProtocolError extends Error {}

function fail(message) {
  throw new ProtocolError(message);
}

// Checks of members: each returns nothing and throws.

const integer = (min, max) => (value, name) => {
  if (!Number.isInteger(value) || value < min || value > max) {
    fail(`${name} is not an integer from ${min} to ${max}`);
  }
};
const text = (min, max) => (value, name) => {
  if (typeof value !== 'string' || value.length < min || value.length > max) {
    fail(`${name} is not a string of ${min} to ${max}`);
  }
};
const hexadecimal = (bytes) => (value, name) => {
  if (typeof value !== 'string' || !new RegExp(`^[0-9a-f]{${2 * bytes}}$`).test(value)) {
    fail(`${name} is not ${bytes} bytes in hexadecimal`);
  }
};
const oneOf = (...values) => (value, name) => {
  if (!values.includes(value)) {
    fail(`${name} is none of ${values}`);
  }
};
const flag = (value, name) => {
  if (typeof value !== 'boolean') {
    fail(`${name} is neither true nor false`);
  }
};
const list = (min, max, item) => (value, name) => {
  if (!Array.isArray(value) || value.length < min || value.length > max) {
    fail(`${name} is not a list of ${min} to ${max}`);
  }
  value.forEach((entry, i) => item(entry, `${name}[${i}]`));
};
const optional = (check) => (value, name) => {
  if (value !== undefined) {
    check(value, name);
  }
};
const object = (members) => (value, name) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail(`${name} is not an object`);
  }
  for (const [member, check] of Object.entries(members)) {
    check(value[member], `${name}.${member}`);
  }
};

const size = integer(0, MAX_SAFE);
const transfer = integer(1, 0xffff_ffff);
const file = integer(0, MAX_FILES - 1);
const reason = text(1, 64);

const CONTROL = {
  hello: object({
    versions: list(1, 64, size),
    role: oneOf('sender', 'receiver', 'member'),
    nonce: hexadecimal(16),
    agent: optional(text(0, 64)),
    media: optional(list(0, 8, text(1, 16))),
  }),
  pake: object({ y: hexadecimal(32) }),
  confirm: object({ tag: hexadecimal(32) }),
  chat: object({ id: text(1, 64), text: text(1, 4000), time: size }),
  offer: object({
    transfer,
    files: list(1, 1000, object({ name: text(1, 4096), size, modified: optional(size) })),
    more: optional(flag),
  }),
  accept: object({
    transfer,
    window: integer(262_144, 67_108_864),
    skip: optional(list(0, MAX_FILES, file)),
    have: optional(list(0, 256, object({ file, offset: integer(1, MAX_SAFE), sha256: hexadecimal(32) }))),
    more: optional(flag),
  }),
  decline: object({ transfer, reason }),
  ack: object({ transfer, bytes: size }),
  pause: object({ transfer }),
  resume: object({ transfer }),
  cancel: object({ transfer, reason }),
  received: object({ transfer, file, sha256: hexadecimal(32) }),
  failed: object({ transfer, file, reason }),
  done: object({ transfer }),
  media: object({
    receive: flag,
    tracks: list(0, 16, object({ source: text(1, 16), mid: text(1, 64), on: flag })),
    server: optional(flag),
  }),
  error: object({ reason, message: optional(text(0, 4096)) }),
};

/** A checked control message, null for an unknown type; throws ProtocolError. */
export function parseControl(json) {
  if (typeof json !== 'string' || UTF8.encode(json).length > MAX_CONTROL_BYTES) {
    fail('not a text of the allowed size');
  }
  let message;
  try {
    message = JSON.parse(json);
  } catch {
    fail('not JSON');
  }
  if (typeof message !== 'object' || message === null || typeof message.type !== 'string') {
    fail('not an object with a type');
  }
  if (!Object.hasOwn(CONTROL, message.type)) {
    return null;
  }
  CONTROL[message.type](message, message.type);
  return message;
}

/** Reads a frame; the payload is a view, not a copy. Throws ProtocolError. */
export function parseFrame(buffer) {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < HEADER_BYTES || buffer.byteLength > MAX_FRAME_BYTES) {
    fail('a frame has 20 to 262144 bytes');
  }
  const view = new DataView(buffer);
  const head = view.getUint32(0);
  const type = head >>> 24;
  if ((head & 0xff_ffff) !== 0 || (type !== DATA && type !== END)) {
    fail('a frame is of type 1 or 2');
  }
  const transferNumber = view.getUint32(4);
  const fileNumber = view.getUint32(8);
  const high = view.getUint32(12);
  const offset = high * 0x1_0000_0000 + view.getUint32(16);
  const length = buffer.byteLength - HEADER_BYTES;
  if (transferNumber === 0 || fileNumber >= MAX_FILES) {
    fail('no such transfer or file can be');
  }
  if (type === END ? length !== 32 : length === 0) {
    fail('the payload has the wrong length');
  }
  if (high > 0x1f_ffff || offset + (type === DATA ? length : 0) > MAX_SAFE) {
    fail('the file would be too long');
  }
  return { type, transfer: transferNumber, file: fileNumber, offset, payload: new Uint8Array(buffer, HEADER_BYTES) };
}

/** Writes the header of a frame into the first 20 bytes. */
export function writeHeader(buffer, type, transferNumber, fileNumber, offset) {
  const view = new DataView(buffer);
  view.setUint32(0, type << 24);
  view.setUint32(4, transferNumber);
  view.setUint32(8, fileNumber);
  view.setUint32(12, Math.floor(offset / 0x1_0000_0000));
  view.setUint32(16, offset % 0x1_0000_0000);
}

/** Reads a code as people write it, §4.1: {id, secret}, or null. */
export function parseCode(input) {
  const clean = input
    .replace(/[A-Z]/g, (c) => c.toLowerCase())
    .replace(/[ \t\n\v\f\r\-_]+/g, '-')
    .replace(/^-|-$/g, '');
  const dash = clean.indexOf('-');
  if (dash < 0) {
    return null;
  }
  const id = clean.slice(0, dash);
  const secret = clean.slice(dash + 1);
  return /^[0-9a-z]{1,16}$/.test(id) && /^[0-9a-z-]{1,128}$/.test(secret) ? { id, secret } : null;
}
