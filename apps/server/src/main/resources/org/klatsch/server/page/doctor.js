// What an outsider sees of this browser: candidates, kind of NAT, ways to the TURN server, and what to do.

import { element, setText } from './dom.js';
import { Signalling } from './signalling.js';

const PATIENCE_MS = 8000;
const WELCOME_MS = 5000;
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|f[cd]|fe80)/i;

const node = (id) => document.getElementById(id);

/** The servers that a member of a room gets; none without a server that answers. */
function iceServers() {
  return new Promise((resolve) => {
    const letters = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => (byte % 36).toString(36)).join('');
    const signalling = new Signalling({ room: `doctor-${letters}`, name: 'doctor', agent: 'page' });
    const end = (servers) => {
      signalling.stop();
      resolve(servers);
    };
    signalling.addEventListener('welcome', ({ detail }) => end(detail.iceServers ?? []));
    signalling.addEventListener('refused', () => end([]));
    setTimeout(() => end([]), WELCOME_MS);
    signalling.start();
  });
}

/** Gathers until the browser has no more, or nobody answers. */
async function gather(configuration) {
  const peer = new RTCPeerConnection(configuration);
  const candidates = [];
  const errors = [];
  try {
    peer.createDataChannel('doctor');
    const complete = new Promise((resolve) => {
      peer.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate === null) {
          resolve();
        } else if (candidate.candidate !== '') {
          candidates.push(candidate);
        }
      });
      setTimeout(resolve, PATIENCE_MS);
    });
    peer.addEventListener('icecandidateerror', ({ url, errorCode, errorText }) => errors.push({ url, errorCode, errorText }));
    await peer.setLocalDescription();
    await complete;
  } finally {
    peer.close();
  }
  return { candidates, errors };
}

/** The ways to one TURN server: each transport that its URLs may be asked by. */
function ways(server) {
  const found = new Map();
  for (const url of [server.urls].flat()) {
    if (!/^turns?:/.test(url)) {
      continue;
    }
    const bare = url.replace(/\?.*$/, '');
    if (url.startsWith('turns:')) {
      found.set('TLS', url);
    } else if (url.endsWith('transport=tcp')) {
      found.set('TCP', url);
    } else {
      found.set('UDP', url);
      found.has('TCP') || found.set('TCP', `${bare}?transport=tcp`);
    }
  }
  return [...found].map(([transport, url]) => ({ transport, url, server }));
}

async function relay({ transport, url, server }) {
  const { candidates, errors } = await gather({
    iceServers: [{ urls: [url], username: server.username, credential: server.credential }],
    iceTransportPolicy: 'relay',
  });
  const problem = errors[0] ? `${errors[0].errorCode} ${errors[0].errorText}` : 'it does not answer';
  return { transport, url, relayed: candidates[0]?.address ?? null, problem };
}

/** The kind of NAT, as far as one STUN server shows it. */
function natOf({ candidates, errors }, asked) {
  const seen = candidates.filter((each) => each.type === 'srflx');
  if (asked === 0) {
    return { text: 'This server gives visitors of its own machine no STUN server: nothing to be seen from outside.', unknown: true };
  }
  if (seen.length === 0 && errors.length > 0) {
    return { text: 'The STUN server does not answer: UDP is blocked, or there is no way out.', blocked: true };
  }
  if (seen.length === 0) {
    return { text: 'The server sees an address that the browser has itself: there is no NAT in between.' };
  }
  return { text: `A NAT is in between; the server sees ${[...new Set(seen.map((each) => each.address))].join(', ')}.` };
}

function advise(gathered, nat, relays) {
  const advice = [];
  const told = gathered.candidates.filter((each) => each.type === 'host' && !each.address?.endsWith('.local'));
  for (const each of told) {
    if (PRIVATE.test(each.address ?? '')) {
      advice.push([`Peers learn the private address ${each.address}.`, 'It is told because devices were granted to this page, or names are switched off in the browser; take the permission back.']);
    }
  }
  if (gathered.candidates.some((each) => each.relatedAddress && PRIVATE.test(each.relatedAddress))) {
    advice.push(['A reflexive candidate carries a private address.', 'Update the browser: it should tell 0.0.0.0 there.']);
  }
  if (gathered.candidates.length === 0) {
    advice.push(['There is no candidate at all.', 'WebRTC is switched off in this browser, or an extension blocks it, or there is no network.']);
  }
  if (nat.blocked) {
    advice.push(['UDP does not get out.', 'Allow it in the firewall; until then only a TURN server over TCP or TLS helps.']);
  }
  for (const each of relays.filter((way) => way.relayed === null)) {
    advice.push([
      `The TURN server is not reached over ${each.transport}: ${each.problem}.`,
      relays.some((way) => way.relayed !== null) ? 'Another way works.' : 'Open its port in the firewalls on the way.']);
  }
  return advice;
}

async function examine() {
  setText(node('summary'), 'Examining…');
  node('devices').disabled = true;
  try {
    if (!window.RTCPeerConnection) {
      throw new Error('this browser has no WebRTC');
    }
    const servers = await iceServers();
    const stun = servers.filter((server) => [server.urls].flat().some((url) => url.startsWith('stun:')));
    const gathered = await gather({ iceServers: stun });
    const relays = await Promise.all(servers.flatMap(ways).map(relay));
    node('candidates').replaceChildren(
      element('ul', { class: 'findings' },
        ...gathered.candidates.map((each) => element('li', {}, `${each.type} ${each.address ?? ''}:${each.port}/${each.protocol}`))));
    const nat = natOf(gathered, stun.length);
    setText(node('nat'), nat.text);
    node('turn').replaceChildren(
      relays.length === 0
        ? element('p', {}, 'This server gives visitors of its own machine none.')
        : element('ul', { class: 'findings' },
          ...relays.map((way) =>
            element('li', { class: way.relayed ? 'good' : 'bad' },
              `${way.transport}: ${way.relayed ? `relays at ${way.relayed}` : way.problem}`))));
    const advice = advise(gathered, nat, relays);
    node('advice').replaceChildren(
      ...(advice.length === 0
        ? [element('li', { class: 'good' }, 'Nothing: all is as it should be.')]
        : advice.map(([problem, fix]) => element('li', {}, problem, element('br'), element('span', { class: 'fix' }, fix)))));
    setText(node('summary'), 'Done.');
  } catch (error) {
    setText(node('summary'), `It did not work: ${error.message}`);
  }
  node('devices').disabled = false;
}

node('devices').addEventListener('click', async () => {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    await examine();
    stream.getTracks().forEach((track) => track.stop());
  } catch (error) {
    setText(node('summary'), `No device: ${error.message}`);
  }
});
examine();
