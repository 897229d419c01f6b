// Transfers as cards.

import { element, formatBytes, formatSeconds, icon, setText } from './dom.js';
import { State } from './transfers.js';

const MOST_ROWS = 100;
const EVERY_MS = 150;
const PATHS = { host: 'direct', srflx: 'direct', prflx: 'direct', relay: 'relayed' };

const REASONS = {
  declined: 'declined',
  cancelled: 'cancelled',
  integrity: 'the content did not match its hash and was deleted',
  space: 'not enough space',
  changed: 'the file changed while it was sent',
  unreadable: 'the file could not be read',
  unwritable: 'the file could not be written',
  exists: 'a file of that name exists',
  limit: 'too many files',
  name: 'a file name is not acceptable',
  protocol: 'the other side broke the protocol',
  flow: 'the other side sent too fast',
};

export class TransferView {
  #session;
  #list;
  #cards = new Map();
  #timer = null;
  #dirty = new Set();

  constructor(session, list, empty) {
    this.#session = session;
    this.#list = list;
    const refresh = () => empty && (empty.hidden = this.#cards.size > 0);
    session.addEventListener('transfer', ({ detail }) => {
      this.#add(detail);
      refresh();
    });
    session.addEventListener('forgotten', ({ detail }) => {
      this.#cards.get(detail)?.root.remove();
      this.#cards.delete(detail);
      refresh();
    });
    // Speed and remaining time fall when nothing comes any more.
    setInterval(() => {
      for (const transfer of this.#cards.keys()) {
        if (!transfer.ended) {
          this.#touch(transfer);
        }
      }
    }, 1000);
  }

  #add(transfer) {
    const card = new Card(transfer, this.#session);
    this.#cards.set(transfer, card);
    this.#list.prepend(card.root);
    transfer.addEventListener('change', () => this.#touch(transfer));
  }

  /** Redraws soon, however often something changes. A timer, as frames are not drawn in a hidden tab. */
  #touch(transfer) {
    this.#dirty.add(transfer);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      for (const each of this.#dirty) {
        this.#cards.get(each)?.draw();
      }
      this.#dirty.clear();
    }, EVERY_MS);
  }
}

class Card {
  #transfer;
  #rows = [];
  #status = element('p', { class: 'transfer-status' });
  #announced = null;
  #bar = element('progress', { max: '1', value: '0', 'aria-label': 'Progress of all files' });
  #buttons;

  constructor(transfer, session) {
    this.#transfer = transfer;
    const incoming = transfer.direction === 'in';
    const count = transfer.files.length;
    this.#buttons = {
      accept: button('Accept', 'check', 'primary', 'file-accept', () => session.accept(transfer)),
      choose: button('Save in…', 'folder', '', 'file-save', () => this.#choose(session)),
      decline: button('Decline', 'close', '', 'file-decline', () => transfer.decline()),
      pause: button('Pause', 'pause', '', 'file-pause', () => transfer.pause()),
      resume: button('Resume', 'play', 'primary', 'file-resume', () => transfer.resume()),
      cancel: button('Cancel', 'close', '', 'file-cancel', () => transfer.cancel()),
      all: button('Save all', 'download', 'primary', 'file-save-all', () => this.#saveAll()),
    };
    const rows = element('ul', { class: 'file-rows' });
    for (const file of transfer.files.slice(0, MOST_ROWS)) {
      const row = new Row(file);
      this.#rows.push(row);
      rows.append(row.root);
    }
    if (count > MOST_ROWS) {
      rows.append(element('li', { class: 'more' }, `and ${count - MOST_ROWS} more`));
    }
    this.root = element(
      'article',
      { class: `transfer ${incoming ? 'incoming' : 'outgoing'}`, 'data-testid': 'transfer' },
      element(
        'header', {},
        element('span', { class: 'direction' }, icon(incoming ? 'down' : 'up')),
        element('div', { class: 'transfer-title' },
          element('h3', {}, this.#title()),
          this.#status)),
      count > 1 ? this.#bar : null,
      rows,
      element('div', { class: 'buttons' }, ...Object.values(this.#buttons)));
    this.draw();
  }

  async #choose(session) {
    const transfer = this.#transfer;
    try {
      const handles = {};
      if (transfer.files.length === 1 && !transfer.files[0].name.includes('/')) {
        handles[0] = await window.showSaveFilePicker({ suggestedName: transfer.files[0].name });
      } else {
        const folder = await window.showDirectoryPicker({ mode: 'readwrite' });
        for (const file of transfer.files) {
          handles[file.index] = await newFile(folder, file.name.split('/'));
        }
      }
      session.accept(transfer, handles);
    } catch (error) {
      if (error.name !== 'AbortError') {
        console.warn('nothing was chosen', error);
      }
    }
  }

  #saveAll() {
    for (const row of this.#rows) {
      row.save();
    }
  }

  draw() {
    const transfer = this.#transfer;
    const incoming = transfer.direction === 'in';
    const offered = transfer.state === State.offered;
    const running = transfer.state === State.running;
    const show = {
      accept: incoming && offered,
      choose: incoming && offered && 'showSaveFilePicker' in window,
      decline: incoming && offered,
      pause: running && !transfer.pausedHere,
      resume: running && transfer.pausedHere,
      cancel: !transfer.ended && !(incoming && offered) && transfer.state !== State.interrupted,
      all: transfer.state === State.done && this.#rows.filter((row) => row.savable).length > 1,
    };
    for (const [name, node] of Object.entries(this.#buttons)) {
      node.hidden = !show[name];
    }
    const bytes = transfer.bytes;
    this.#bar.value = bytes === 0 ? 1 : transfer.doneBytes / bytes;
    setText(this.#status, this.#words());
    this.root.dataset.state = transfer.state;
    this.#announce();
    this.root.classList.toggle('paused', running && transfer.paused);
    for (const row of this.#rows) {
      row.draw();
    }
  }

  /** Tells screen readers when the state changes, not each step of the progress. */
  #announce() {
    const transfer = this.#transfer;
    if (this.#announced !== transfer.state) {
      this.#announced = transfer.state;
      setText(document.getElementById('announcer'), `${this.#title()}: ${this.#words()}`);
    }
  }

  #title() {
    const { direction, files, member } = this.#transfer;
    const what = files.length === 1 ? files[0].name : `${files.length} files`;
    const nameless = member.role !== undefined && member.name === 'Guest';
    if (direction === 'in') {
      return `${nameless ? 'You are offered' : `${member.name} sends`} ${what}`;
    }
    return nameless ? `You send ${what}` : `You send ${what} to ${member.name}`;
  }

  #words() {
    const transfer = this.#transfer;
    const total = formatBytes(transfer.bytes);
    switch (transfer.state) {
      case State.offered:
        return transfer.direction === 'in' ? `${total}, waiting for you` : `${total}, waiting for an answer`;
      case State.preparing:
        return `${total}, looking for what is here already`;
      case State.running: {
        const progress = `${formatBytes(transfer.doneBytes)} of ${total}`;
        if (transfer.paused) {
          return `${progress}, paused${transfer.pausedThere ? ` by ${transfer.member.name}` : ''}`;
        }
        const rate = transfer.rate.bytesPerSecond;
        const left = transfer.secondsLeft;
        const path = PATHS[transfer.peer.path];
        return [
          progress,
          rate > 0 ? `${formatBytes(rate)}/s` : null,
          left === null ? null : `${formatSeconds(left)} left`,
          path,
        ].filter(Boolean).join(' · ');
      }
      case State.done:
        return `${total}, complete and verified`;
      case State.interrupted:
        return `${formatBytes(transfer.doneBytes)} of ${total}, interrupted; continues when ${transfer.member.name} is back`;
      default:
        return `${total}, ${transfer.state === State.failed ? 'failed: ' : ''}${REASONS[transfer.reason] ?? transfer.state}`;
    }
  }
}

class Row {
  #file;
  #bar;
  #state = element('span', { class: 'file-state' });
  #hash = element('code', { class: 'file-hash', 'data-testid': 'file-sha256', hidden: true });
  #link;

  constructor(file) {
    this.#file = file;
    this.#bar = element('progress', {
      max: '1', value: '0', 'data-testid': 'file-progress', 'aria-label': `Progress of ${file.name}`,
    });
    this.#link = element(
      'a', { class: 'button small primary', 'data-testid': 'file-download', hidden: true, title: 'Save this file' },
      icon('download'), element('span', {}, 'Save'));
    this.root = element(
      'li', { class: 'file' },
      element('div', { class: 'file-line' },
        icon('file'),
        element('span', { class: 'file-name', title: file.name }, file.name),
        element('span', { class: 'file-size' }, formatBytes(file.size)),
        this.#state,
        this.#link),
      this.#bar,
      this.#hash);
  }

  get savable() {
    return Boolean(this.#file.url);
  }

  save() {
    if (this.savable) {
      this.#link.click();
    }
  }

  draw() {
    const file = this.#file;
    const progress = file.state === State.done ? 1 : file.size === 0 ? 0 : file.done / file.size;
    this.#bar.value = progress;
    this.#bar.hidden = file.state === State.declined;
    this.root.dataset.state = file.state;
    setText(this.#state, {
      [State.done]: 'verified',
      [State.running]: `${Math.floor(progress * 100)} %`,
      [State.preparing]: 'preparing',
      [State.failed]: 'failed',
      [State.cancelled]: 'cancelled',
      [State.declined]: 'declined',
    }[file.state] ?? '');
    if (file.sha256 && this.#hash.hidden) {
      this.#hash.textContent = file.sha256;
      this.#hash.title = 'SHA-256';
      this.#hash.hidden = false;
    }
    if (file.url && this.#link.hidden) {
      this.#link.href = file.url;
      this.#link.download = file.name.split('/').at(-1);
      this.#link.hidden = false;
    }
  }
}

function button(label, symbol, style, testId, onclick) {
  return element(
    'button', { type: 'button', class: style, 'data-testid': testId, onclick },
    icon(symbol), element('span', { class: 'label' }, label));
}

/** A file that did not exist before, below a folder that the user chose. */
async function newFile(folder, path) {
  let directory = folder;
  for (const part of path.slice(0, -1)) {
    directory = await directory.getDirectoryHandle(part, { create: true });
  }
  const name = path.at(-1);
  const dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length;
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name.slice(0, dot)} (${n})${name.slice(dot)}`;
    try {
      await directory.getFileHandle(candidate);
    } catch {
      return directory.getFileHandle(candidate, { create: true });
    }
  }
}
