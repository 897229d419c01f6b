// The transfer page: receives by a link or code (/t/{id}#{secret}), or sends (/send).

import { acceptDrops, filesOfInput } from './drop.js';
import { byTestId, copy, formatBytes, setText, toast } from './dom.js';
import { cleanUp } from './files.js';
import { parseCode } from './protocol.js';
import { Session } from './session.js';
import { TransferView } from './transfer-view.js';
import { Sha256, hex } from './sha256.js';

const ATTEMPTS = 3;
const node = (id) => document.getElementById(id);
const sending = location.pathname === '/send';
let session = null;
let wrongTags = 0;

window.klatsch = {
  state: () => session?.state() ?? { room: null, transfer: null, status: 'closed', self: null, members: [], connections: [], files: [], chat: [] },
};

function say(text, kind = 'info') {
  setText(node('notice'), text);
  node('notice').dataset.kind = kind;
  node('notice').hidden = text === '';
}

function begin(join, code) {
  session = new Session({ name: localStorage.getItem('klatsch.name') ?? '', ...join }, code);
  new TransferView(session, node('transfers'), null);
  session.addEventListener('refused', ({ detail }) => {
    session.stop();
    if (!session.over) {
      say(detail.message, 'error');
    }
  });
  session.addEventListener('problem', ({ detail }) => toast(detail.message || detail.reason));
  session.addEventListener('change', drawConnection);
  session.addEventListener('status', drawConnection);
  session.start();
}

function drawConnection() {
  const [other] = session.members.values();
  const words = {
    connecting: 'Connecting…', waiting: 'Connection lost, trying again…', closed: 'Not connected', open: 'Waiting for the other side…',
  };
  let text = words[session.status];
  let state = session.status;
  if (other) {
    const { peer } = other;
    state = peer.state;
    text = peer.state === 'connected'
      ? `Connected, ${peer.path === 'relay' ? 'relayed' : 'directly'}`
      : 'Connecting to the other side…';
  }
  node('status').dataset.state = state === 'connected' ? 'open' : 'connecting';
  setText(node('status').querySelector('.label'), text);
}

// Receiving.

function receive(code) {
  node('code-view').hidden = true;
  node('work-view').hidden = false;
  setText(node('heading'), 'Receive files');
  say('Connecting to the sender…');
  begin({ role: 'receive', transfer: code.id }, { role: 'receiver', ...code });
  session.addEventListener('ready', () => say('The sender knows the code: the connection is encrypted between you two alone.', 'good'));
  session.addEventListener('wrong-code', () => {
    wrongTags++;
    session.stop();
    say(
      wrongTags >= ATTEMPTS
        ? 'The code was wrong too often. Somebody may be guessing: ask the sender for a new code.'
        : 'This code is wrong. Check it with the sender.',
      'error');
    node('code-view').hidden = false;
  });
  session.addEventListener('transfer', ({ detail: transfer }) => {
    say('');
    transfer.addEventListener('change', () => {
      if (transfer.state === 'done') {
        say('Everything arrived and was verified. Save the files before you close this page.', 'good');
      }
    });
  });
}

// Sending.

async function newSecret() {
  const words = (await (await fetch('/page/words.txt')).text()).trim().split(/\s+/);
  // 256 words: a byte each, no bias.
  return [...crypto.getRandomValues(new Uint8Array(3))].map((byte) => words[byte % words.length]).join('-');
}

async function send(files) {
  if (files.length === 0) {
    return;
  }
  if (session) {
    toast('This transfer has its files already. Open another page for more.');
    return;
  }
  node('choose-view').hidden = true;
  node('work-view').hidden = false;
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  setText(node('heading'), `Send ${files.length === 1 ? files[0].name : `${files.length} files`}, ${formatBytes(bytes)}`);
  const secret = await newSecret();
  const key = hex(new Sha256().update(crypto.getRandomValues(new Uint8Array(32))).digest().subarray(0, 16));
  begin({ role: 'send', key }, { role: 'sender', secret });
  session.addEventListener('welcome', ({ detail }) => {
    const code = `${detail.transfer}-${secret}`;
    setText(byTestId('code'), code);
    node('link').value = `${location.origin}/t/${detail.transfer}#${secret}`;
    node('share').hidden = false;
  });
  session.addEventListener('ready', ({ detail: member }) => {
    if (member.transfers && !session.transfers.some((each) => each.member.id === member.info.id)) {
      member.transfers.send(files);
    }
  });
  session.addEventListener('wrong-code', () => {
    wrongTags++;
    if (wrongTags >= ATTEMPTS) {
      session.stop();
      say('Three wrong codes came. Somebody may be guessing, so this code is void now.', 'error');
      node('share').hidden = true;
    } else {
      toast('Somebody tried a wrong code.');
    }
  });
  session.addEventListener('transfer', ({ detail: transfer }) => {
    transfer.addEventListener('change', () => {
      if (transfer.state === 'done') {
        session.over = true;
        say('Everything was received and verified.', 'good');
      }
    });
  });
}

node('copy-code').addEventListener('click', () => copy(byTestId('code').textContent, node('copy-code')));
node('copy-link').addEventListener('click', () => copy(node('link').value, node('copy-link')));
node('code-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const code = parseCode(byTestId('code-input').value);
  if (!code) {
    say('A code looks like 4711-tango-river-maple.', 'error');
    return;
  }
  history.replaceState(null, '', `/t/${code.id}#${code.secret}`);
  say('');
  receive(code);
});

cleanUp().catch((error) => console.warn('nothing was cleaned up', error));
if (!globalThis.crypto?.subtle) {
  say('Browsers allow this only on a page loaded over https or from this machine.', 'error');
} else if (sending) {
  setText(node('heading'), 'Send files');
  node('choose-view').hidden = false;
  for (const id of ['file-input', 'folder-input']) {
    byTestId(id).addEventListener('change', ({ target }) => send(filesOfInput(target)));
  }
  acceptDrops(document.body, send);
} else {
  const id = location.pathname.split('/').at(-1);
  const code = parseCode(`${id}-${decodeURIComponent(location.hash.slice(1))}`);
  if (code) {
    receive(code);
  } else {
    setText(node('heading'), 'Receive files');
    byTestId('code-input').value = location.pathname === '/receive' ? '' : `${id}-`;
    node('code-view').hidden = false;
  }
}
