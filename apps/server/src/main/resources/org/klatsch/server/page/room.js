// The room page.

import { Call } from './call.js';
import { DevicePanel, drawToggle } from './device-panel.js';
import { Devices } from './devices.js';
import { acceptDrops, filesOfInput } from './drop.js';
import { byTestId, copy, element, formatTime, setText, toast } from './dom.js';
import { cleanUp } from './files.js';
import { Grid } from './grid.js';
import { LevelMeter } from './level.js';
import { LocalMedia, SOURCES } from './local.js';
import { Session } from './session.js';
import { TransferView } from './transfer-view.js';

const room = decodeURIComponent(location.pathname.split('/').at(-1));
const parameters = new URLSearchParams(location.search);
const node = (id) => document.getElementById(id);
const devices = new Devices();
const local = new LocalMedia(devices);
const meter = new LevelMeter();
const panel = new DevicePanel(devices, local, meter);
const grid = new Grid(node('members'));
let session = null;
let call = null;

const NOTHING = { room, transfer: null, status: 'closed', self: null, members: [], connections: [], files: [], chat: [] };
window.klatsch = {
  state: () => ({
    ...(session?.state() ?? NOTHING),
    call: { active: call?.active ?? false, ...Object.fromEntries(SOURCES.map((source) => [source, local.on(source)])) },
  }),
};

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
byTestId('leave').addEventListener('click', () => leave());
node('join-devices').append(panel.node);

function join() {
  const name = byTestId('name').value.trim();
  if (name && !parameters.has('name')) {
    localStorage.setItem('klatsch.name', name);
  }
  if (!local.on('mic')) {
    // Tried and turned off again: nobody should see its lamp.
    local.reopen('mic');
  }
  session = new Session({ room, name });
  session.addEventListener('status', () => drawStatus());
  session.addEventListener('change', () => drawMembers());
  call = new Call(session, local, meter);
  call.addEventListener('change', () => drawMembers());
  call.addEventListener('measured', () => grid.speaking(session, call));
  call.addEventListener('quality', () => drawMembers());
  session.addEventListener('chat', ({ detail }) => drawChat(detail));
  session.addEventListener('mute', ({ detail }) => {
    for (const source of detail.sources.filter((each) => SOURCES.includes(each) && local.on(each))) {
      local.toggle(source);
      toast('The administrator switched this off.');
    }
  });
  session.addEventListener('refused', ({ detail }) => refused(detail));
  session.addEventListener('problem', ({ detail }) => toast(`${detail.member.name}: ${detail.message || detail.reason}`));
  new TransferView(session, node('transfers'), node('no-transfers'));
  node('messages').replaceChildren();
  session.chat.forEach(drawChat);
  node('join-view').hidden = true;
  node('room-view').hidden = false;
  node('settings-devices').append(panel.node);
  document.body.classList.add('joined');
  drawMembers();
  session.start();
  // Where the page is long, people see the others first.
  byTestId('chat-input').focus({ preventScroll: true });
}

function leave() {
  call?.stop();
  session?.stop();
  location.assign('/');
}

function refused({ message }) {
  call.stop();
  session.stop();
  session = null;
  call = null;
  node('join-devices').append(panel.node);
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
  grid.draw(session, call, local);
  const others = session.members.size;
  setText(node('member-count'), `${others + 1}`);
  node('alone').hidden = others > 0;
  document.body.classList.toggle('calling', call.busy);
  byTestId('hangup').disabled = !call.busy;
  byTestId('rejoin').hidden = call.active || !call.othersSend;
}

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

// The call.

function drawControls() {
  for (const source of SOURCES) {
    drawToggle(byTestId(source), source, local);
  }
  byTestId('screen').hidden = !devices.canShareScreen;
}

for (const source of SOURCES) {
  byTestId(source).addEventListener('click', () => local.toggle(source));
}
local.addEventListener('change', drawControls);
local.addEventListener('problem', ({ detail }) => session && toast(detail));
drawControls();
byTestId('hangup').addEventListener('click', () => call.hangUp());
byTestId('rejoin').addEventListener('click', () => call.rejoin());
byTestId('devices').addEventListener('click', () => node('settings').showModal());
devices.addEventListener('change', () => grid.speaker(devices.chosen('speaker')));
grid.addEventListener('blocked', () => (node('unblock').hidden = false));
node('unblock').addEventListener('click', () => {
  node('unblock').hidden = true;
  grid.unblock();
});

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
