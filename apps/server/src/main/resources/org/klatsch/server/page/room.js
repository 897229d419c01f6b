// The room page.

import { acceptDrops, filesOfInput } from './drop.js';
import { byTestId, copy, element, formatTime, setText, toast } from './dom.js';
import { cleanUp } from './files.js';
import { Session } from './session.js';
import { TransferView } from './transfer-view.js';

const room = decodeURIComponent(location.pathname.split('/').at(-1));
const parameters = new URLSearchParams(location.search);
const node = (id) => document.getElementById(id);
let session = null;

window.klatsch = {
  state: () => session?.state() ?? { room, transfer: null, status: 'closed', self: null, members: [], connections: [], files: [], chat: [] },
};

const PATH_WORDS = { host: 'direct', srflx: 'direct', prflx: 'direct', relay: 'relayed' };
const STATUS_WORDS = {
  connecting: 'Connecting…', open: 'Connected', waiting: 'Connection lost, trying again…', closed: 'Not connected',
};

setText(node('room-name'), room);
setText(node('join-room'), room);
document.title = `${room} · Klatsch`;
byTestId('name').value = parameters.get('name') ?? localStorage.getItem('klatsch.name') ?? '';

node('join-form').addEventListener('submit', (event) => {
  event.preventDefault();
  join();
});
node('copy-link').addEventListener('click', () => copy(location.origin + location.pathname, node('copy-link')));
byTestId('hangup').addEventListener('click', () => leave());

function join() {
  const name = byTestId('name').value.trim();
  if (name && !parameters.has('name')) {
    localStorage.setItem('klatsch.name', name);
  }
  session = new Session({ room, name });
  session.addEventListener('status', () => drawStatus());
  session.addEventListener('change', () => drawMembers());
  session.addEventListener('chat', ({ detail }) => drawChat(detail));
  session.addEventListener('refused', ({ detail }) => refused(detail));
  session.addEventListener('problem', ({ detail }) => toast(`${detail.member.name}: ${detail.message || detail.reason}`));
  new TransferView(session, node('transfers'), node('no-transfers'));
  node('messages').replaceChildren();
  session.chat.forEach(drawChat);
  node('join-view').hidden = true;
  node('room-view').hidden = false;
  document.body.classList.add('joined');
  session.start();
  byTestId('chat-input').focus();
}

function leave() {
  session?.stop();
  location.assign('/');
}

function refused({ message }) {
  session.stop();
  session = null;
  node('room-view').hidden = true;
  node('join-view').hidden = false;
  document.body.classList.remove('joined');
  setText(node('join-error'), message);
  node('join-error').hidden = false;
}

function drawStatus() {
  const status = node('status');
  status.dataset.state = session?.status ?? 'closed';
  setText(status.querySelector('.label'), STATUS_WORDS[session?.status ?? 'closed']);
}

function drawMembers() {
  if (!session) {
    return;
  }
  const rows = [memberRow(session.self?.name ?? '', 'you', 'self')];
  for (const { info, peer } of session.members.values()) {
    const words = peer.state === 'connected'
      ? [PATH_WORDS[peer.path] ?? 'connected', peer.roundTripMs ? `${peer.roundTripMs} ms` : null].filter(Boolean).join(', ')
      : { connecting: 'connecting…', new: 'connecting…', disconnected: 'interrupted', failed: 'no connection' }[peer.state] ?? peer.state;
    rows.push(memberRow(info.name, words, peer.state, peer.dtls));
  }
  node('members').replaceChildren(...rows);
  const others = session.members.size;
  setText(node('member-count'), `${others + 1}`);
  node('alone').hidden = others > 0;
}

function memberRow(name, words, state, dtls = null) {
  return element(
    'li', { class: 'member', 'data-testid': 'tile', 'data-state': state, title: dtls ? `Encrypted with DTLS ${dtls}` : null },
    element('span', { class: 'avatar', style: null, 'data-hue': hue(name), 'aria-hidden': 'true' }, initial(name)),
    element('span', { class: 'member-name' }, name),
    element('span', { class: 'member-state' }, words));
}

const initial = (name) => ([...name][0] ?? '?').toUpperCase();
const hue = (name) => String([...name].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 8, 0));

function drawChat({ name, text, time, own }) {
  const list = node('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  node('no-messages').hidden = true;
  list.append(
    element(
      'li', { class: own ? 'message own' : 'message', 'data-testid': 'chat-message' },
      element('p', { class: 'message-head' },
        element('span', { class: 'message-name' }, own ? 'You' : name),
        element('time', { datetime: new Date(time).toISOString() }, formatTime(time))),
      element('p', { class: 'message-text' }, text)));
  while (list.childElementCount > 500) {
    list.firstElementChild.remove();
  }
  if (own || atEnd) {
    list.scrollTop = list.scrollHeight;
  }
}

// Chat.

const input = byTestId('chat-input');
node('chat-form').addEventListener('submit', (event) => {
  event.preventDefault();
  session.say(input.value);
  input.value = '';
  grow();
});
input.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    node('chat-form').requestSubmit();
  }
});
input.addEventListener('input', grow);

function grow() {
  input.rows = Math.min(6, input.value.split('\n').length);
}

// Files.

function send(files) {
  if (!session || files.length === 0) {
    return;
  }
  if (session.members.size === 0) {
    toast('Nobody else is here yet. Send the link of this room to somebody first.');
  } else {
    session.send(files);
  }
}

for (const id of ['file-input', 'folder-input']) {
  byTestId(id).addEventListener('change', ({ target }) => {
    send(filesOfInput(target));
    target.value = '';
  });
}
acceptDrops(document.body, send);

cleanUp().catch((error) => console.warn('nothing was cleaned up', error));
if (parameters.get('autojoin') === '1') {
  join();
} else {
  byTestId('name').focus();
}
