// The proof that both sides know the secret of a code: CPace over X25519 with SHA-512, docs/transfer-protocol.md §4.
// BigInt is not constant-time, which one exchange per connection, timed across a network, gives nobody a use for.

import { hex, unhex } from './sha256.js';

const P = 2n ** 255n - 19n;
const A = 486662n;
const A24 = 121665n;
const UTF8 = new TextEncoder();

const mod = (x) => ((x % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) {
      result = (result * b) % P;
    }
    b = (b * b) % P;
  }
  return result;
}

const invert = (x) => power(x, P - 2n);

function decodeLittleEndian(bytes) {
  let x = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) {
    x = (x << 8n) | BigInt(bytes[i]);
  }
  return x;
}

function encodeLittleEndian(x) {
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 32; i++, x >>= 8n) {
    bytes[i] = Number(x & 0xffn);
  }
  return bytes;
}

/** X25519, RFC 7748 §5. */
export function x25519(scalar, u) {
  const clamped = Uint8Array.from(scalar);
  clamped[0] &= 248;
  clamped[31] = (clamped[31] & 127) | 64;
  const k = decodeLittleEndian(clamped);
  const masked = Uint8Array.from(u);
  masked[31] &= 127;
  const x1 = mod(decodeLittleEndian(masked));
  let x2 = 1n, z2 = 0n, x3 = x1, z3 = 1n, swap = 0n;
  for (let t = 254n; t >= 0n; t--) {
    const bit = (k >> t) & 1n;
    if (swap !== bit) {
      [x2, x3] = [x3, x2];
      [z2, z3] = [z3, z2];
    }
    swap = bit;
    const a = mod(x2 + z2);
    const aa = mod(a * a);
    const b = mod(x2 - z2);
    const bb = mod(b * b);
    const e = mod(aa - bb);
    const da = mod(mod(x3 - z3) * a);
    const cb = mod(mod(x3 + z3) * b);
    x3 = mod((da + cb) ** 2n);
    z3 = mod(x1 * mod((da - cb) ** 2n));
    x2 = mod(aa * bb);
    z2 = mod(e * mod(aa + A24 * e));
  }
  if (swap === 1n) {
    [x2, x3] = [x3, x2];
    [z2, z3] = [z3, z2];
  }
  return encodeLittleEndian(mod(x2 * invert(z2)));
}

/** Elligator 2 for Curve25519, RFC 9380 §6.7.1 with Z = 2; only the u coordinate. */
export function elligator2(bytes) {
  const masked = Uint8Array.from(bytes);
  masked[31] &= 127;
  const r = mod(decodeLittleEndian(masked));
  const denominator = mod(1n + 2n * r * r);
  // For r = ±sqrt(-1/2), which does not exist in this field, the denominator would be 0.
  const v = mod(-A * invert(denominator));
  const square = mod(v * v * v + A * v * v + v);
  const isSquare = square === 0n || power(square, (P - 1n) / 2n) === 1n;
  return encodeLittleEndian(isSquare ? v : mod(-v - A));
}

function leb128(n) {
  const out = [];
  do {
    out.push((n & 127) | (n > 127 ? 128 : 0));
    n >>>= 7;
  } while (n > 0);
  return out;
}

const bytesOf = (x) => (typeof x === 'string' ? UTF8.encode(x) : x);

function concat(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The length as LEB128, then the bytes. */
function lv(x) {
  const bytes = bytesOf(x);
  return concat(leb128(bytes.length), bytes);
}

async function sha512(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-512', bytes));
}

/** What both sides compute before they exchange anything. */
export async function generator({ secret, id, receiverNonce, senderNonce, receiverFingerprint, senderFingerprint }) {
  const sid = concat(receiverNonce, senderNonce);
  const CI = concat(lv('klatsch-transfer-1'), lv(id), lv(receiverFingerprint), lv(senderFingerprint));
  const prs = lv(secret);
  const dsi = lv('CPace255');
  const zeros = new Uint8Array(Math.max(0, 127 - prs.length - dsi.length));
  const generatorString = concat(dsi, prs, lv(zeros), lv(CI), lv(sid));
  const g = elligator2((await sha512(generatorString)).subarray(0, 32));
  return { sid, CI, generatorString, g };
}

/** The tags of both roles, or null if the other's share is one that no honest peer sends. */
export async function tags({ sid, CI }, scalar, theirs, Ya, Yb) {
  const K = x25519(scalar, theirs);
  if (K.every((byte) => byte === 0)) {
    return null;
  }
  const ISK = await sha512(concat(lv('CPace255_ISK'), lv(sid), lv(K), lv(Ya), lv(''), lv(Yb), lv('')));
  const MK = await sha512(concat(lv('klatsch-confirm'), lv(sid), lv(ISK)));
  const key = await crypto.subtle.importKey('raw', MK, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign']);
  const tag = async (role) =>
    new Uint8Array(await crypto.subtle.sign('HMAC', key, concat(lv(role), lv(CI), lv(Ya), lv(Yb)))).slice(0, 32);
  return { K, ISK, MK, receiver: await tag('receiver'), sender: await tag('sender') };
}

function equal(a, b) {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) {
    difference |= a[i] ^ b[i];
  }
  return difference === 0;
}

/** One side of one exchange. */
export class Exchange {
  #role;
  #scalar = crypto.getRandomValues(new Uint8Array(32));
  #common;
  #mine;
  #tags;

  constructor(role) {
    this.#role = role;
  }

  /** Returns this side's share, in hexadecimal. */
  async start(inputs) {
    this.#common = await generator(inputs);
    this.#mine = x25519(this.#scalar, this.#common.g);
    return hex(this.#mine);
  }

  /** Takes the other's share and returns this side's tag, or null if the share is bad. */
  async share(theirsHex) {
    const theirs = unhex(theirsHex);
    const receiver = this.#role === 'receiver';
    const found = await tags(
      this.#common, this.#scalar, theirs, receiver ? this.#mine : theirs, receiver ? theirs : this.#mine);
    this.#tags = found;
    return found && hex(found[this.#role]);
  }

  /** Whether the other side's tag proves that it knows the secret. */
  accepts(tagHex) {
    const expected = this.#tags && this.#tags[this.#role === 'receiver' ? 'sender' : 'receiver'];
    return Boolean(expected) && equal(expected, unhex(tagHex));
  }
}
