// libwebrtc (@roamhq/wrtc), libdatachannel (node-datachannel) and werift behind the command line of
// the foreign peers, see ../README.md.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {libwebrtcCall, weriftCall, weriftCodecs} from './media.mjs';

const {values: options} = parseArgs({
  options: {
    stack: {type: 'string'},
    role: {type: 'string', default: 'answer'},
    signal: {type: 'string', default: '.'},
    mode: {type: 'string', default: 'echo'},
    bytes: {type: 'string', default: '0'},
    size: {type: 'string', default: '65536'},
    count: {type: 'string', default: '1000'},
    seconds: {type: 'string', default: '0'},
    audio: {type: 'string', default: ''},
    video: {type: 'string', default: ''},
    loopback: {type: 'boolean', default: false},
  },
});
const size = Number(options.size);
const count = Number(options.count);
const HIGH_WATER = 8 << 20;
const LOW_WATER = 2 << 20;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Sends what `--audio` and `--video` name; resolves when enough has come back, with how much.
let call = () => async () => ({});
let enough;

const stacks = {
  async wrtc() {
    const {default: wrtc} = await import('@roamhq/wrtc');
    call = (peer) => libwebrtcCall(wrtc.nonstandard, peer, options.audio, options.video);
    return () => new wrtc.RTCPeerConnection({iceServers: []});
  },
  async libdatachannel() {
    const {RTCPeerConnection} = await import('node-datachannel/polyfill');
    return () => new RTCPeerConnection({
      iceServers: [],
      ...(options.loopback ? {bindAddress: '127.0.0.1'} : {}),
    });
  },
  async werift() {
    const werift = await import('werift');
    call = (peer) => weriftCall(peer, options.audio, options.video);
    return () => new werift.RTCPeerConnection({
      iceServers: [],
      codecs: weriftCodecs(werift),
      ...(options.loopback ? {iceAdditionalHostAddresses: ['127.0.0.1']} : {}),
    });
  },
};

let finished = false;

function fail(error) {
  // werift's SCTP raises this on a chunk type it does not know, such as the padding of path MTU
  // discovery, which RFC 9260 §3.2 has it pass over; the association goes on.
  if (options.stack === 'werift' && error?.message === 'unknown') {
    return;
  }
  if (!finished) {
    console.error(error?.stack ?? String(error));
    process.exit(1);
  }
}
process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);

function rssKb() {
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
}

function cpuSeconds() {
  const usage = process.cpuUsage();
  return (usage.user + usage.system) / 1e6;
}

function result(values) {
  finished = true;
  const line = JSON.stringify({ok: true, ...values, cpuSeconds: cpuSeconds(), rssKb: rssKb()});
  fs.writeSync(1, line + '\n');
  process.exit(0);
}

function write(name, description) {
  const target = path.join(options.signal, name);
  fs.writeFileSync(target + '.part', JSON.stringify({type: description.type, sdp: description.sdp}));
  fs.renameSync(target + '.part', target);
}

async function read(name) {
  const target = path.join(options.signal, name);
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(1)) {
    if (fs.existsSync(target)) {
      return JSON.parse(fs.readFileSync(target, 'utf8'));
    }
  }
  throw new Error(`no ${target} after 60 s`);
}

function onEvent(target, name, listener) {
  if (typeof target.addEventListener === 'function') {
    target.addEventListener(name, listener);
  } else {
    target['on' + name] = listener;
  }
}

function opened(channel) {
  return new Promise((resolve) => {
    if (channel.readyState === 'open') {
      resolve();
    } else {
      onEvent(channel, 'open', () => resolve());
    }
  });
}

// Every stack hands out messages as strings or as one of these binary forms.
function normalized(data) {
  if (typeof data === 'string') {
    return data;
  }
  if (data instanceof ArrayBuffer) {
    return Buffer.from(data);
  }
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function onMessage(channel, listener) {
  channel.binaryType = 'arraybuffer';
  onEvent(channel, 'message', (event) => listener(normalized(event.data)));
}

async function room(channel) {
  while (channel.bufferedAmount > HIGH_WATER) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, 20);
      channel.bufferedAmountLowThreshold = LOW_WATER;
      channel.onbufferedamountlow = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function echo(peer, channel) {
  if (channel.label === 'control') {
    onMessage(channel, (data) => {
      const text = data.toString();
      if (text === 'exit') {
        enough().then(result);
        return;
      }
      const {label, ...init} = JSON.parse(text).open;
      echo(peer, peer.createDataChannel(label, init));
    });
    return;
  }
  const queue = [];
  let draining = false;
  onMessage(channel, async (data) => {
    queue.push(data);
    if (draining) {
      return;
    }
    draining = true;
    while (queue.length > 0) {
      await room(channel);
      channel.send(queue.shift());
    }
    draining = false;
  });
}

async function source(channel, connectMs) {
  const done = new Promise((resolve) => onMessage(channel, (data) => data === 'ok' && resolve()));
  const message = Buffer.alloc(size);
  const bytes = Number(options.bytes);
  const limit = Number(options.seconds);
  const began = performance.now();
  let sent = 0;
  for (let i = 0; limit > 0 ? performance.now() - began < limit * 1e3 : sent < bytes; i++) {
    if (channel.bufferedAmount > HIGH_WATER) {
      await room(channel);
    } else if (i % 64 === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    channel.send(message);
    sent += size;
  }
  channel.send('done');
  await done;
  const seconds = (performance.now() - began) / 1e3;
  result({connectMs, bytes: sent, seconds, mbps: sent * 8e-6 / seconds});
}

function sink(channel, connectMs) {
  let began = 0;
  let bytes = 0;
  let before = 0;
  const perSecond = [];
  onMessage(channel, async (data) => {
    if (!began) {
      began = performance.now();
      setInterval(() => {
        perSecond.push((bytes - before) * 8e-6);
        before = bytes;
      }, 1_000);
    }
    if (data === 'done') {
      const seconds = (performance.now() - began) / 1e3;
      finished = true;
      channel.send('ok');
      await sleep(300);
      result({connectMs, bytes, seconds, mbps: bytes * 8e-6 / seconds, perSecond});
    }
    bytes += data.length;
  });
}

function quantiles(times) {
  times.sort((a, b) => a - b);
  return {p50Us: times[times.length >> 1], p99Us: times[Math.floor(times.length * 0.99)]};
}

async function ping(channel, connectMs) {
  let answered = () => {};
  onMessage(channel, () => answered());
  const message = Buffer.alloc(size);
  const times = [];
  for (let i = 0; i < count * 1.1; i++) {
    const start = performance.now();
    const answer = new Promise((resolve) => { answered = resolve; });
    channel.send(message);
    await answer;
    if (i >= count * 0.1) {
      times.push((performance.now() - start) * 1e3);
    }
  }
  result({connectMs, ...quantiles(times)});
}

/** Late candidates of a pair that is connected, or closed already, do not matter. */
function addLate(peer, candidate) {
  if (peer.signalingState !== 'closed') {
    Promise.resolve(peer.addIceCandidate(candidate)).catch(() => {});
  }
}

async function connectPair(newPeer) {
  const a = newPeer();
  const b = newPeer();
  const channel = a.createDataChannel('bulk');
  const other = new Promise((resolve) => onEvent(b, 'datachannel', (e) => resolve(e.channel)));
  const toB = [];
  const toA = [];
  let bReady = false;
  let aReady = false;
  onEvent(a, 'icecandidate', ({candidate}) => {
    if (candidate?.candidate) {
      if (bReady) addLate(b, candidate); else toB.push(candidate);
    }
  });
  onEvent(b, 'icecandidate', ({candidate}) => {
    if (candidate?.candidate) {
      if (aReady) addLate(a, candidate); else toA.push(candidate);
    }
  });
  await a.setLocalDescription(await a.createOffer());
  await b.setRemoteDescription(a.localDescription);
  bReady = true;
  toB.forEach((c) => addLate(b, c));
  await b.setLocalDescription(await b.createAnswer());
  await a.setRemoteDescription(b.localDescription);
  aReady = true;
  toA.forEach((c) => addLate(a, c));
  await Promise.all([opened(channel), other.then(opened)]);
  return [a, b];
}

async function pairs(newPeer) {
  const warm = Math.floor(count / 5);
  const times = [];
  let cpuBefore = 0;
  for (let i = 0; i < count + warm; i++) {
    if (i === warm) {
      cpuBefore = cpuSeconds();
    }
    const start = performance.now();
    const [a, b] = await connectPair(newPeer);
    if (i >= warm) {
      times.push((performance.now() - start) * 1e3);
    }
    a.close();
    b.close();
  }
  result({...quantiles(times), cpuMsPerPair: (cpuSeconds() - cpuBefore) / count * 1e3});
}

async function idle(newPeer) {
  const held = [];
  for (let i = 0; i < 20; i++) {
    held.push(await connectPair(newPeer));
  }
  globalThis.gc?.();
  const before = rssKb();
  for (let i = 0; i < count; i++) {
    held.push(await connectPair(newPeer));
  }
  globalThis.gc?.();
  result({kbPerConnection: (rssKb() - before) / (2 * count), held: held.length});
}

async function gathered(peer) {
  while (peer.iceGatheringState !== 'complete') {
    await sleep(1);
  }
}

async function main() {
  if (!(options.stack in stacks)) {
    throw new Error(`--stack ${options.stack}: wrtc, libdatachannel or werift expected`);
  }
  const newPeer = await stacks[options.stack]();
  if (options.mode === 'pairs') {
    await pairs(newPeer);
  }
  if (options.mode === 'idle') {
    await idle(newPeer);
  }
  const peer = newPeer();
  enough = call(peer);
  let start = performance.now();
  const use = async (channel) => {
    if (options.mode === 'echo') {
      echo(peer, channel);
      return;
    }
    if (channel.label !== 'bulk') {
      return;
    }
    if (options.mode === 'sink') {
      sink(channel, performance.now() - start);
      return;
    }
    await opened(channel);
    const connectMs = performance.now() - start;
    await (options.mode === 'source' ? source : ping)(channel, connectMs);
  };
  onEvent(peer, 'connectionstatechange', () => {
    if (['failed', 'closed'].includes(peer.connectionState)) {
      fail(`connection ${peer.connectionState}`);
    }
  });
  onEvent(peer, 'datachannel', ({channel}) => use(channel));
  if (options.role === 'offer') {
    use(peer.createDataChannel('bulk'));
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    write('offer.json', peer.localDescription);
    const answer = await read('answer.json');
    start = performance.now();
    await peer.setRemoteDescription(answer);
  } else {
    const offer = await read('offer.json');
    start = performance.now();
    await peer.setRemoteDescription(offer);
    await peer.setLocalDescription(await peer.createAnswer());
    await gathered(peer);
    write('answer.json', peer.localDescription);
  }
  // Some stacks keep no timer of their own that holds the process.
  setInterval(() => {}, 1_000);
}

await main();
