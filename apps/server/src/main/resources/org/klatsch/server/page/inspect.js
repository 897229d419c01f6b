// All connections of the server's process: states, pairs, descriptions, events and graphs.

import { element, setText } from './dom.js';

const EVERY_MS = 1000;
const SVG = 'http://www.w3.org/2000/svg';
// Counters are shown as what they grow by in a second.
const COUNTERS = /\.(bytes|packets|messages|nack|concealed|freeze)[A-Za-z]*$/;

const node = (id) => document.getElementById(id);
const open = new Set();
let last = null;
let paused = false;

const time = (at) => new Date(at).toLocaleTimeString();

/** The samples [[at, value], …] as they are, or as growth per second. */
function points(key, samples) {
  if (!COUNTERS.test(key)) {
    return samples;
  }
  const rates = [];
  for (let i = 1; i < samples.length; i++) {
    const seconds = (samples[i][0] - samples[i - 1][0]) / 1000;
    if (seconds > 0) {
      rates.push([samples[i][0], (samples[i][1] - samples[i - 1][1]) / seconds]);
    }
  }
  return rates;
}

function shown(value) {
  const size = Math.abs(value);
  if (size >= 1e6) {
    return `${(value / 1e6).toFixed(2)} M`;
  }
  return size >= 1000 ? `${(value / 1000).toFixed(1)} k` : String(Math.round(value * 1000) / 1000);
}

function graph(key, samples) {
  const line = points(key, samples);
  const top = Math.max(...line.map((each) => each[1]), 0);
  const from = line[0]?.[0] ?? 0;
  const span = Math.max(1, (line.at(-1)?.[0] ?? 1) - from);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 100 40');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'polyline');
  path.setAttribute(
    'points',
    line.map(([at, value]) => `${((at - from) / span) * 100},${40 - (top === 0 ? 0 : (value / top) * 38)}`).join(' '));
  svg.append(path);
  const unit = COUNTERS.test(key) ? '/s' : '';
  const now = line.length === 0 ? '–' : shown(line.at(-1)[1]) + unit;
  return element('figure', { class: 'graph' }, svg, element('figcaption', {}, `${key}: ${now}, at most ${shown(top)}${unit}`));
}

function table(headings, rows) {
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...headings.map((each) => element('th', { scope: 'col' }, each)))),
      element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map((each) => element('td', {}, String(each ?? ''))))))));
}

/** A part that stays open when the page is drawn again. */
function part(key, title, ...content) {
  const details = element('details', { open: open.has(key) }, element('summary', {}, title), ...content);
  details.addEventListener('toggle', () => (details.open ? open.add(key) : open.delete(key)));
  return details;
}

function candidate(stats, id) {
  const found = stats.find((each) => each.id === id);
  return found ? `${found.candidateType} ${found.address ?? '(hidden)'}:${found.port}/${found.protocol}` : id;
}

function pairs(stats) {
  return stats
    .filter((each) => each.type === 'candidate-pair')
    .map((pair) => [
      candidate(stats, pair.localCandidateId),
      candidate(stats, pair.remoteCandidateId),
      pair.state + (pair.nominated ? ', nominated' : ''),
      pair.currentRoundTripTime === undefined ? '' : `${Math.round(pair.currentRoundTripTime * 1e4) / 10} ms`,
      shown(pair.bytesSent),
      shown(pair.bytesReceived),
    ]);
}

function connection(each) {
  const key = each.name;
  const state = each.closed ? 'closed' : each.states.connectionState;
  const tone = { connected: 'good', failed: 'bad', disconnected: 'warn' }[state] ?? '';
  return element(
    'section',
    { 'data-testid': 'inspect-connection' },
    element('h2', {}, `${each.name}: `, element('span', { class: tone }, state)),
    element(
      'p',
      { class: 'states' },
      `made at ${time(each.created)}` +
        Object.entries(each.states).map(([name, value]) => `, ${name} ${value}`).join('') +
        (each.iceServers.length ? `; servers ${each.iceServers.join(', ')}` : '')),
    part(`${key} graphs`, 'Graphs', element('div', { class: 'graphs' }, ...Object.entries(each.samples).map(([name, samples]) => graph(name, samples)))),
    part(`${key} pairs`, 'Candidate pairs', table(['Local', 'Remote', 'State', 'Round trip', 'Sent', 'Received'], pairs(each.stats))),
    part(
      `${key} sdp`,
      `Descriptions (${each.descriptions.length})`,
      ...each.descriptions.map((text, index) =>
        part(`${key} sdp ${index} ${text.at}`, `${time(text.at)} ${text.side} ${text.type}`, element('pre', {}, text.sdp)))),
    part(
      `${key} events`,
      `Events (${each.events.length}${each.droppedEvents ? `, ${each.droppedEvents} earlier ones not kept` : ''})`,
      table(['Time', 'What', 'Detail'], each.events.map((event) => [time(event.at), event.what, event.detail]))),
    part(`${key} stats`, 'Statistics', element('pre', {}, JSON.stringify(each.stats, null, 1))));
}

function show(dump) {
  last = dump;
  const live = dump.connections.filter((each) => !each.closed).length;
  setText(
    node('summary'),
    dump.disabled ?? `${live} open, ${dump.connections.length - live} closed lately, at ${time(dump.time)}`);
  node('connections').replaceChildren(
    ...(dump.connections.length ? dump.connections.toReversed().map(connection) : [element('p', {}, 'There is none.')]));
}

async function look() {
  if (!paused) {
    try {
      const response = await fetch('/api/v1/inspect');
      if (!response.ok) {
        throw new Error(response.status === 401 ? 'a token is needed' : `the server says ${response.status}`);
      }
      show(await response.json());
    } catch (error) {
      setText(node('summary'), `Not known: ${error.message}`);
    }
  }
  setTimeout(look, EVERY_MS);
}

node('pause').addEventListener('click', () => {
  paused = !paused;
  setText(node('pause'), paused ? 'Go on' : 'Pause');
});
node('dump').addEventListener('click', () => {
  const url = URL.createObjectURL(new Blob([JSON.stringify(last, null, 1)], { type: 'application/json' }));
  element('a', { href: url, download: 'klatsch-connections.json' }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
});
look();
